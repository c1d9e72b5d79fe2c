// Stands for Google: the API that tells of instances of Cloud SQL and signs certificates, the servers that give out tokens,
// and the instances themselves, which ask for these certificates and take what comes to servers of databases.
//
// usage: cloud-sql API PROJECT:REGION:INSTANCE/TYPE/ADDRESS/SERVER…
//
// API is where it listens for requests, each of which is a line of its output; TYPE is public, private or psc.
package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// Where the proxy finds instances.
const instancePort = "3307"

type object map[string]any

type authority struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey
}

func main() {
	log.SetFlags(0)
	log.SetOutput(os.Stdout)
	ca := newAuthority()
	settings := map[string]object{}
	for _, given := range os.Args[2:] {
		parts := strings.Split(given, "/")
		name, kind, address, server := parts[0], parts[1], parts[2], parts[3]
		of, isKnown := settings[name]
		if !isKnown {
			of = object{
				"backendType":     "SECOND_GEN",
				"databaseVersion": "POSTGRES_17",
				"region":          strings.Split(name, ":")[1],
				"serverCaCert":    object{"cert": encoded(ca.certificate.Raw)},
				"ipAddresses":     []object{},
			}
			settings[name] = of
		}
		ip := func(kind string) []object {
			return append(of["ipAddresses"].([]object), object{"type": kind, "ipAddress": address})
		}
		switch kind {
		case "public":
			of["ipAddresses"] = ip("PRIMARY")
		case "private":
			of["ipAddresses"] = ip("PRIVATE")
		case "psc":
			of["pscEnabled"] = true
			of["dnsNames"] = []object{
				{"name": address, "connectionType": "PRIVATE_SERVICE_CONNECT", "dnsScope": "INSTANCE"},
			}
		}
		go serve(ca.listen(address, shortName(name)), server)
	}

	answer := func(path string, of func(*http.Request) any) {
		http.HandleFunc(path, func(writer http.ResponseWriter, request *http.Request) {
			writer.Header().Set("content-type", "application/json")
			// The metadata server says who it is.
			writer.Header().Set("metadata-flavor", "Google")
			_ = json.NewEncoder(writer).Encode(of(request))
		})
	}
	for name, settings := range settings {
		project, instance, _ := strings.Cut(shortName(name), ":")
		base := "/sql/v1beta4/projects/" + project + "/instances/" + instance
		answer(base+"/connectSettings", func(request *http.Request) any {
			log.Printf("%s is looked up as %s", name, request.Header.Get("authorization"))
			return settings
		})
		answer(base+":generateEphemeralCert", func(request *http.Request) any {
			var body struct {
				PublicKey   string `json:"public_key"`
				AccessToken string `json:"access_token"`
			}
			_ = json.NewDecoder(request.Body).Decode(&body)
			log.Printf("%s is to be reached with the login %q", name, body.AccessToken)
			return object{"ephemeralCert": object{"cert": encoded(ca.sign(publicKey(body.PublicKey), "client", "").Raw)}}
		})
	}
	// For whoever shows the key of a service account: a token that says for what it is.
	answer("/token", func(request *http.Request) any {
		_ = request.ParseForm()
		return token("key", claim(request.Form.Get("assertion")))
	})
	// For pods, as the metadata server gives them out.
	answer("/computeMetadata/v1/instance/service-accounts/default/token", func(request *http.Request) any {
		return token("pod", request.URL.Query().Get("scopes"))
	})
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

// As certificates have it: without the region.
func shortName(name string) string {
	parts := strings.Split(name, ":")
	return parts[0] + ":" + parts[2]
}

func token(of, scopes string) object {
	access := of
	for _, scope := range strings.FieldsFunc(scopes, func(one rune) bool { return one == ' ' || one == ',' }) {
		access += " " + scope[strings.LastIndex(scope, "/")+1:]
	}
	return object{"access_token": access, "token_type": "Bearer", "expires_in": 3600}
}

// The scopes in what a service account has signed.
func claim(assertion string) string {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return ""
	}
	var claims struct {
		Scope string `json:"scope"`
	}
	decoded, _ := base64.RawURLEncoding.DecodeString(parts[1])
	_ = json.Unmarshal(decoded, &claims)
	return claims.Scope
}

// Where an instance listens, for connections with a certificate of the authority.
func (ca authority) listen(address, name string) net.Listener {
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	certificate := ca.sign(&key.PublicKey, name, address)
	pool := x509.NewCertPool()
	pool.AddCert(ca.certificate)
	listener, err := tls.Listen("tcp", net.JoinHostPort(address, instancePort), &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{certificate.Raw}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    pool,
	})
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

// Takes connections to a server.
func serve(listener net.Listener, server string) {
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer client.Close()
			database, err := net.Dial("tcp", server)
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(database, client)
				_ = database.(*net.TCPConn).CloseWrite()
			}()
			_, _ = io.Copy(client, database)
			database.Close()
		}()
	}
}

func newAuthority() authority {
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	template := templateOf("ca")
	template.IsCA, template.BasicConstraintsValid = true, true
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	certificate, _ := x509.ParseCertificate(raw)
	return authority{certificate, key}
}

func (ca authority) sign(public crypto.PublicKey, name, address string) *x509.Certificate {
	template := templateOf(name)
	if ip := net.ParseIP(address); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else if address != "" {
		template.DNSNames = []string{address}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, ca.certificate, public, ca.key)
	if err != nil {
		log.Fatal(err)
	}
	certificate, _ := x509.ParseCertificate(raw)
	return certificate
}

func templateOf(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

func publicKey(text string) crypto.PublicKey {
	block, _ := pem.Decode([]byte(text))
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	return key
}

func encoded(certificate []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
}
