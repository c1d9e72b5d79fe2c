// Command cdk8s-kubernetes-validation says what a Kubernetes API server would say to the creation of an object. It is the
// server's own code: the strict decoder, the defaults, the conversions and the strategies of its registry. What needs a
// running cluster is left out: admission plugins, quotas, address ranges, and whether what is named exists.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	_ "time/tzdata" // the time zones of CronJobs

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/endpoints/deprecation"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/capabilities"
	"sigs.k8s.io/yaml"
)

const (
	// What the server reads of a request's body.
	maxBytes = 3 << 20
	// A server emulates no version that is older than its own by more than three minors (KEP-4330).
	emulatedMinors = 3
)

// Request asks for a verdict on one object, as JSON or as YAML.
type Request struct {
	Object json.RawMessage `json:"object"`
	YAML   string          `json:"yaml"`
	// Version is the version of Kubernetes whose feature gates are used, for instance 1.31. Default: this code's own.
	Version string `json:"version"`
}

// Response is the verdict.
type Response struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Name       string    `json:"name"`
	Findings   []Finding `json:"findings"`
}

// Finding is one thing that the server would say.
type Finding struct {
	// Level is "error" where the server rejects, "warning" where it warns, "unjudged" where this code has no verdict.
	Level string `json:"level"`
	// Field is the path of the field as the server writes it, for instance spec.containers[0].image. It may be empty.
	Field string `json:"field"`
	// Reason is the server's class of the fault, for instance FieldValueRequired.
	Reason string `json:"reason"`
	// Message is what the server says of the field.
	Message string `json:"message"`
}

// Kubernetes is the version of Kubernetes that this code is of.
var Kubernetes = func() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "k8s.io/kubernetes" {
				return module.Version
			}
		}
	}
	panic("built without module information")
}()

var ownVersion = utilfeature.DefaultMutableFeatureGate.EmulationVersion()

func init() {
	// As every installer of clusters has it.
	capabilities.Setup(true, 0)
	// What the code logs is for the operator of a server.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
}

// review judges one object. It never panics.
func review(request Request) (response Response) {
	defer func() {
		if reason := recover(); reason != nil {
			response.Findings = append(response.Findings, failure("", "InternalError", fmt.Sprint(reason)))
		}
	}()
	response.Findings = []Finding{}
	data := []byte(request.Object)
	if request.YAML != "" {
		var err error
		if data, err = yaml.YAMLToJSON([]byte(request.YAML)); err != nil {
			response.Findings = append(response.Findings, failure("", "BadRequest", err.Error()))
			return response
		}
		if _, err = yaml.YAMLToJSONStrict([]byte(request.YAML)); err != nil {
			response.Findings = append(response.Findings, failure("", "BadRequest", err.Error()))
		}
	}
	finding := emulate(request.Version)
	if finding != nil {
		response.Findings = append(response.Findings, *finding)
		if finding.Level == "error" {
			return response
		}
	}
	response.judge(data)
	return response
}

// emulate turns the feature gates into those of another version.
func emulate(wanted string) *Finding {
	emulated := ownVersion
	var finding *Finding
	if wanted != "" {
		parsed, err := version.ParseGeneric(wanted)
		if err != nil || parsed.Major() != ownVersion.Major() {
			finding := failure("", "BadRequest", fmt.Sprintf("%q is no version of Kubernetes; write it like \"%s\"", wanted, ownVersion))
			return &finding
		}
		emulated = version.MajorMinor(parsed.Major(), parsed.Minor())
		nearest := emulated
		if oldest := ownVersion.SubtractMinor(emulatedMinors); emulated.LessThan(oldest) {
			nearest = oldest
		} else if ownVersion.LessThan(emulated) {
			nearest = ownVersion
		}
		if nearest != emulated {
			finding = &Finding{"unjudged", "", "Version", fmt.Sprintf("judged as Kubernetes %s judges: %s is not known here", nearest, emulated)}
			emulated = nearest
		}
	}
	if err := utilfeature.DefaultMutableFeatureGate.SetEmulationVersion(emulated); err != nil {
		panic(err)
	}
	return finding
}

func failure(field, reason, message string) Finding {
	return Finding{"error", field, reason, message}
}

// judge judges an object, or each item of a List as kubectl would send it.
func (response *Response) judge(data []byte) {
	var object struct {
		APIVersion any `json:"apiVersion"`
		Kind       any `json:"kind"`
		Metadata   any `json:"metadata"`
		Items      any `json:"items"`
	}
	if err := json.Unmarshal(data, &object); err != nil {
		message := "not an object: " + err.Error()
		if json.Valid(data) {
			message = "not an object: the manifest is " + summary(data)
		}
		response.Findings = append(response.Findings, failure("", "BadRequest", message))
		return
	}
	for _, field := range []struct {
		name  string
		value any
		into  *string
	}{{"apiVersion", object.APIVersion, &response.APIVersion}, {"kind", object.Kind, &response.Kind}} {
		text, ok := field.value.(string)
		if !ok || text == "" {
			message := fmt.Sprintf("Object '%s' is missing in '%s'", field.name, summary(data))
			if field.value != nil && !ok {
				message = fmt.Sprintf("must be a string, and is %v", field.value)
			}
			response.Findings = append(response.Findings, failure(field.name, "BadRequest", message))
		}
		*field.into = text
	}
	if response.APIVersion == "" || response.Kind == "" {
		return
	}
	if metadata, ok := object.Metadata.(map[string]any); ok {
		response.Name, _ = metadata["name"].(string)
	}
	if strings.HasSuffix(response.Kind, "List") && object.Items != nil {
		var list struct {
			Items []json.RawMessage `json:"items"`
		}
		if err := json.Unmarshal(data, &list); err != nil {
			response.Findings = append(response.Findings, failure("items", "BadRequest", err.Error()))
		}
		for index, item := range list.Items {
			var inner Response
			inner.judge(item)
			for _, finding := range inner.Findings {
				finding.Field = strings.TrimSuffix(fmt.Sprintf("items[%d].%s", index, finding.Field), ".")
				response.Findings = append(response.Findings, finding)
			}
		}
		return
	}
	if len(data) > maxBytes {
		response.Findings = append(response.Findings,
			failure("", "RequestEntityTooLarge", fmt.Sprintf("Request entity too large: limit is %d", maxBytes)))
		return
	}
	gvk := schema.FromAPIVersionAndKind(response.APIVersion, response.Kind)
	strategy, known := strategies[gvk]
	if !known {
		response.Findings = append(response.Findings, unjudged(gvk))
		return
	}
	decoded, findings := decode(gvk, data)
	response.Findings = append(response.Findings, findings...)
	if decoded != nil {
		response.Findings = append(response.Findings, create(gvk, strategy, decoded)...)
	}
}

// summary is the beginning of a document.
func summary(data []byte) string {
	const most = 60
	if text := []rune(string(data)); len(text) > most {
		return string(text[:most]) + "..."
	}
	return string(data)
}

// unjudged says why there is no verdict. It is an error where no server has one.
func unjudged(gvk schema.GroupVersionKind) Finding {
	var versions []string
	for known := range strategies {
		if known.Group == gvk.Group && known.Kind == gvk.Kind {
			versions = append(versions, known.GroupVersion().String())
		}
	}
	message := fmt.Sprintf("no verdict: this package does not judge %s of %s", gvk.Kind, gvk.GroupVersion())
	if len(versions) > 0 {
		slices.Sort(versions)
		message += ", only that of " + strings.Join(versions, " and ")
	}
	return Finding{"unjudged", "", "Kind", message}
}

// decode reads an object as the server does with fieldValidation=Strict. There is none where a type is wrong.
func decode(gvk schema.GroupVersionKind, data []byte) (runtime.Object, []Finding) {
	object, err := decoder.decode(gvk, data)
	if err == nil {
		return object, nil
	}
	if strict, ok := runtime.AsStrictDecodingError(err); ok && object != nil {
		var findings []Finding
		for _, err := range strict.Errors() {
			field := ""
			if _, quoted, ok := strings.Cut(err.Error(), ` field "`); ok {
				field, _ = strconv.Unquote(`"` + quoted)
			}
			findings = append(findings, failure(field, "BadRequest", "strict decoding error: "+err.Error()))
		}
		return object, findings
	}
	say := func(err error) string {
		return fmt.Sprintf("%s in version %q cannot be handled as a %s: %v", gvk.Kind, gvk.Version, gvk.Kind, err)
	}
	var tree any
	if json.Unmarshal(data, &tree) != nil {
		return nil, []Finding{failure("", "BadRequest", say(err))}
	}
	return nil, locate("", tree, func(value any) error {
		data, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if _, err = decoder.decode(gvk, data); err != nil {
			if _, strict := runtime.AsStrictDecodingError(err); strict {
				return nil
			}
		}
		return err
	}, say)
}

// locate finds the values that cannot be decoded: the decoder names the first only, some without a path and none with an
// index. A value that fails though each of its parts would do alone is at fault itself.
func locate(path string, value any, try func(any) error, say func(error) string) (findings []Finding) {
	part := func(path string, value any, wrap func(any) any) {
		try := func(value any) error { return try(wrap(value)) }
		if try(value) != nil {
			findings = append(findings, locate(path, value, try, say)...)
		}
	}
	switch value := value.(type) {
	case map[string]any:
		for key, child := range value {
			step := strings.TrimPrefix(path+"."+key, ".")
			if strings.ContainsAny(key, ".[]") {
				step = path + "[" + key + "]"
			}
			part(step, child, func(value any) any { return map[string]any{key: value} })
		}
		slices.SortFunc(findings, func(a, b Finding) int { return strings.Compare(a.Field, b.Field) })
	case []any:
		for index, child := range value {
			part(fmt.Sprintf("%s[%d]", path, index), child, func(value any) any { return []any{value} })
		}
	}
	if findings == nil {
		findings = []Finding{failure(path, "BadRequest", say(try(value)))}
	}
	return findings
}

type codecs struct{ strict runtime.Decoder }

var decoder = func() codecs {
	for _, info := range legacyscheme.Codecs.SupportedMediaTypes() {
		if info.MediaType == runtime.ContentTypeJSON {
			return codecs{legacyscheme.Codecs.DecoderToVersion(info.StrictSerializer, runtime.InternalGroupVersioner)}
		}
	}
	panic("no decoder for JSON")
}()

func (c codecs) decode(gvk schema.GroupVersionKind, data []byte) (runtime.Object, error) {
	object, _, err := c.strict.Decode(data, &gvk, nil)
	return object, err
}

type warnings []string

func (w *warnings) AddWarning(_, text string) { *w = append(*w, text) }

// create does what the server does between decoding a new object and storing it.
func create(gvk schema.GroupVersionKind, strategy rest.RESTCreateStrategy, object runtime.Object) (findings []Finding) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		panic(err)
	}
	if gvk.Kind == "Namespace" {
		accessor.SetNamespace("")
	}
	namespace := accessor.GetNamespace()
	if !strategy.NamespaceScoped() {
		namespace = ""
	} else if namespace == "" {
		namespace = "default"
	}
	var said warnings
	ctx := request.WithNamespace(warning.WithWarningRecorder(context.Background(), &said), namespace)
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: gvk.Group, APIVersion: gvk.Version, Namespace: namespace,
	})
	rest.WipeObjectMetaSystemFields(accessor)
	rest.FillObjectMetaSystemFields(accessor)
	if accessor.GetName() == "" && accessor.GetGenerateName() != "" {
		accessor.SetName(strategy.GenerateName(accessor.GetGenerateName()))
	}
	err = begin(ctx, object)
	if err == nil {
		err = rest.BeforeCreate(strategy, ctx, object)
	}
	if versioned, err := legacyscheme.Scheme.New(gvk); err == nil {
		versioned.GetObjectKind().SetGroupVersionKind(gvk)
		minor := utilfeature.DefaultMutableFeatureGate.EmulationVersion().Minor()
		if deprecation.IsDeprecated(versioned, int(ownVersion.Major()), int(minor)) {
			said.AddWarning("", deprecation.WarningMessage(versioned))
		}
	}
	for _, text := range said {
		field, _, _ := strings.Cut(text, ": ")
		if strings.ContainsAny(field, " ") {
			field = ""
		}
		findings = append(findings, Finding{"warning", field, "Warning", text})
	}
	if err == nil {
		return findings
	}
	var status *apierrors.StatusError
	if !errors.As(err, &status) || status.ErrStatus.Details == nil || len(status.ErrStatus.Details.Causes) == 0 {
		return append(findings, failure("", string(apierrors.ReasonForError(err)), err.Error()))
	}
	for _, cause := range status.ErrStatus.Details.Causes {
		findings = append(findings, failure(cause.Field, string(cause.Type), inOrder(cause.Message)))
	}
	return findings
}

// inOrder sorts what a field may be: some lists come out of a map, in another order each time.
func inOrder(message string) string {
	const list = ": supported values: "
	before, values, found := strings.Cut(message, list)
	if !found {
		return message
	}
	sorted := strings.Split(values, ", ")
	slices.Sort(sorted)
	return before + list + strings.Join(sorted, ", ")
}
