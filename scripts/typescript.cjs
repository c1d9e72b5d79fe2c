// Lets Node.js run the TypeScript of this repository: `node -r ./scripts/typescript.cjs FILE`. Types are not checked, as
// `npm run lint` does so. What a file was compiled to is kept under a hash of its text, so it is never that of another
// text, and the compiler is loaded for new text only: it takes longer than all that `npm run synth` does.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const process = require('node:process');

const project = path.dirname(require.resolve('../package.json'));
const cache = path.join(project, 'node_modules/.cache/typescript');
const config = path.join(project, 'tsconfig.json');
const setting = `${require('typescript/package.json').version} ${fs.readFileSync(config, 'utf8')}`;

// Deprecated, never to be removed, and what ts-node does as well.
require.extensions['.ts'] = (module, file) => {
  const source = fs.readFileSync(file, 'utf8');
  const compiled = path.join(
    cache,
    `${createHash('sha256').update(`${setting}\0${file}\0${source}`).digest('hex')}.js`,
  );
  let code;
  try {
    code = fs.readFileSync(compiled, 'utf8');
  } catch {
    code = compile(source, file);
    keep(compiled, code);
  }
  module._compile(code, file);
};
process.setSourceMapsEnabled(true);

function keep(compiled, code) {
  try {
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(`${compiled}.${process.pid}`, code);
    fs.renameSync(`${compiled}.${process.pid}`, compiled);
  } catch {
    // In a folder that cannot be written to all is compiled each time.
  }
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
