// Lets Node.js run the TypeScript of this repository: `node -r ./scripts/typescript.cjs FILE`. Types are not checked, as
// `npm run lint` does so. What a file was compiled to is kept under a hash of its text, so it is never that of another
// text, and the compiler is loaded for new text only: it takes longer than all that `npm run synth` does.
const { Buffer } = require('node:buffer');
const console = require('node:console');
const fs = require('node:fs');
const { SourceMap } = require('node:module');
const path = require('node:path');
const process = require('node:process');
const { keep, placeOf, read } = require('./cache.cjs');

const project = path.dirname(require.resolve('../package.json'));
const config = path.join(project, 'tsconfig.json');
const setting = `${require('typescript/package.json').version} ${fs.readFileSync(config, 'utf8')}`;

// Deprecated, never to be removed, and what ts-node does as well.
require.extensions['.ts'] = (module, file) => {
  const source = fs.readFileSync(file, 'utf8');
  const place = `${placeOf(setting, file, source)}.js`;
  let code = read(place, 'utf8');
  if (code === undefined) {
    code = compile(source, file);
    keep(place, code);
  }
  compiledFiles.set(file, code);
  module._compile(code, file);
};

// Stack traces tell the lines of the TypeScript. Node.js can do that, but then reads each file's map beforehand, those
// of packages too; here a map, which ends the compiled file, is read when a stack trace names that file.
const compiledFiles = new Map();
Error.prepareStackTrace = (error, frames) => [error, ...frames.map(lineOf)].join('\n    at ');
// What Node.js prints itself begins with the line of the compiled file.
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});

function lineOf(frame) {
  const code = compiledFiles.get(frame.getFileName());
  if (code === undefined) {
    return String(frame);
  }
  const map = new SourceMap(JSON.parse(Buffer.from(code.slice(code.lastIndexOf(',') + 1), 'base64')));
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  const { originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
  return String(frame).replace(`:${line}:${column}`, `:${originalLine + 1}:${originalColumn + 1}`);
}

function compile(source, file) {
  const ts = require('typescript');
  const { compilerOptions } = ts.readConfigFile(config, ts.sys.readFile).config;
  const { options } = ts.convertCompilerOptionsFromJson({ ...compilerOptions, inlineSourceMap: true }, project);
  const { outputText, diagnostics } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: options,
    reportDiagnostics: true,
  });
  if (diagnostics.length > 0) {
    throw new Error(
      diagnostics.map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`).join('\n'),
    );
  }
  return outputText;
}
