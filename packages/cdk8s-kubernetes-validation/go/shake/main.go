// Command shake takes out of vendored packages what the creation of an object does not need. The registry of Kubernetes keeps
// how an object is created, updated, watched, proxied to and stored side by side: all of it together is twice the size, and
// most of it a client, a network and a database that a WebAssembly module has no use for.
//
// It runs over the folder vendor after "go mod vendor". What is kept is kept as it is.
package main

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What rest.RESTCreateStrategy asks for, and no type embeds.
var creation = []string{"Canonicalize", "NamespaceScoped", "PrepareForCreate", "Validate", "WarningsOnCreate", "GenerateName"}

func main() {
	log.SetFlags(0)
	strategies, err := filepath.Glob("vendor/k8s.io/kubernetes/pkg/registry/*/*/strategy.go")
	if err != nil || len(strategies) == 0 {
		log.Fatal("no strategies in vendor; run go mod vendor first")
	}
	for _, file := range strategies {
		shake(filepath.Dir(file), []string{"Strategy"}, creation)
	}
	shake("vendor/k8s.io/apiserver/pkg/registry/rest", []string{
		"BeforeCreate", "CompareDeclarativeErrorsAndEmitMismatches", "FillObjectMetaSystemFields", "ValidateDeclaratively",
		"WipeObjectMetaSystemFields", "WithTakeover",
	}, nil)
	// Of a controller and of an admission plugin the strategies need constants only.
	shake("vendor/k8s.io/kubernetes/pkg/controller/endpoint", []string{"ControllerName", "LabelManagedBy"}, []string{})
	shake("vendor/k8s.io/kubernetes/plugin/pkg/admission/serviceaccount", []string{"EnforceMountableSecretsAnnotation"}, []string{})
}

// A declaration, and the file that it stands in.
type declaration struct {
	node     ast.Node
	tok      token.Token // of a spec: var, const, type
	file     *ast.File
	receiver string // of a method: its type
	name     string
	kept     bool
}

// shake keeps, of the package in a folder, what the roots lead to. Of methods it keeps those that are named and those that what
// is kept calls; all where none are named.
func shake(dir string, roots, methods []string) {
	set := token.NewFileSet()
	var declarations []*declaration
	names := map[string][]*declaration{}
	files := map[string]*ast.File{}
	sources, err := filepath.Glob(dir + "/*.go")
	check(err)
	for _, source := range sources {
		file, err := parser.ParseFile(set, source, nil, parser.SkipObjectResolution)
		check(err)
		files[source] = file
		for _, node := range file.Decls {
			for _, found := range split(file, node) {
				declarations = append(declarations, found)
				if found.receiver == "" && found.name != "_" {
					names[found.name] = append(names[found.name], found)
				}
			}
		}
	}
	called := map[string]bool{}
	for _, method := range methods {
		called[method] = true
	}
	var keep func(name string)
	reach := func(found *declaration) {
		found.kept = true
		var visit func(node ast.Node) bool
		visit = func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.SelectorExpr:
				called[node.Sel.Name] = true
				ast.Inspect(node.X, visit)
				return false
			case *ast.Ident:
				keep(node.Name)
			}
			return true
		}
		ast.Inspect(found.node, visit)
	}
	keep = func(name string) {
		for _, found := range names[name] {
			if !found.kept {
				reach(found)
			}
		}
	}
	for _, root := range roots {
		if names[root] == nil {
			log.Fatalf("%s has no %s", dir, root)
		}
		keep(root)
	}
	keep("init")
	for changed := true; changed; {
		changed = false
		for _, method := range declarations {
			if method.receiver == "" || method.kept || !(methods == nil || called[method.name]) {
				continue
			}
			if types := names[method.receiver]; len(types) > 0 && types[0].kept {
				reach(method)
				changed = true
			}
		}
	}
	for source, file := range files {
		write(set, source, file, declarations)
	}
}

func split(file *ast.File, node ast.Decl) []*declaration {
	if function, ok := node.(*ast.FuncDecl); ok {
		found := &declaration{node: node, file: file, name: function.Name.Name}
		if function.Recv != nil {
			receiver := function.Recv.List[0].Type
			if pointer, ok := receiver.(*ast.StarExpr); ok {
				receiver = pointer.X
			}
			found.receiver = receiver.(*ast.Ident).Name
		}
		return []*declaration{found}
	}
	general := node.(*ast.GenDecl)
	var declarations []*declaration
	for _, spec := range general.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			declarations = append(declarations, &declaration{node: spec, tok: general.Tok, file: file, name: spec.Name.Name})
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				declarations = append(declarations, &declaration{node: spec, tok: general.Tok, file: file, name: name.Name})
			}
		}
	}
	return declarations
}

func write(set *token.FileSet, source string, file *ast.File, declarations []*declaration) {
	used := map[string]bool{}
	var body bytes.Buffer
	var written []ast.Node
	for _, found := range declarations {
		if found.file != file || !found.kept || slices.Contains(written, found.node) {
			continue
		}
		written = append(written, found.node)
		if found.tok != token.ILLEGAL {
			body.WriteString(found.tok.String() + " ")
		}
		check(format.Node(&body, set, found.node))
		body.WriteString("\n\n")
		ast.Inspect(found.node, func(node ast.Node) bool {
			if selector, ok := node.(*ast.SelectorExpr); ok {
				if name, ok := selector.X.(*ast.Ident); ok {
					used[name.Name] = true
				}
			}
			return true
		})
	}
	if len(written) == 0 {
		check(os.Remove(source))
		return
	}
	var out bytes.Buffer
	out.WriteString("package " + file.Name.Name + "\n\n")
	for _, spec := range file.Imports {
		if used[nameOf(spec)] {
			out.WriteString("import ")
			check(format.Node(&out, set, spec))
			out.WriteString("\n")
		}
	}
	text, err := format.Source(append(out.Bytes(), body.Bytes()...))
	check(err)
	check(os.WriteFile(source, text, 0o644))
}

var majorVersion = regexp.MustCompile(`^v\d+$`)

// nameOf is what an import is called in its file. No package here is called otherwise than its folder.
func nameOf(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	location, err := strconv.Unquote(spec.Path.Value)
	check(err)
	if name := path.Base(location); !majorVersion.MatchString(name) || strings.HasPrefix(location, "k8s.io/api/") {
		return name
	}
	return path.Base(path.Dir(location))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
