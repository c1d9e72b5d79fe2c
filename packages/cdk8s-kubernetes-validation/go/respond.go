package main

import "encoding/json"

// respond answers a request with a response, both as JSON.
func respond(data []byte) []byte {
	var request Request
	var response Response
	if err := json.Unmarshal(data, &request); err != nil {
		response.Findings = []Finding{failure("", "BadRequest", err.Error())}
	} else {
		response = review(request)
	}
	answer, err := json.Marshal(response)
	if err != nil {
		panic(err) // strings only
	}
	return answer
}
