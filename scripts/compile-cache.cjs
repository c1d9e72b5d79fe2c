// Keeps what V8 compiled of each module, so that the next process begins with it: that is a quarter of what the labs take.
// Node.js has that from version 22 on, as `module.enableCompileCache()`.
const Module = require('node:module');
const path = require('node:path');
const process = require('node:process');
const vm = require('node:vm');
const { keep, placeOf, read } = require('./cache.cjs');

const fresh = new Map();

const compile = Module.prototype._compile;
Module.prototype._compile = function (code, file) {
  if (code.startsWith('#!')) {
    return compile.call(this, code, file);
  }
  const place = `${placeOf(file, code)}.v8`;
  const cachedData = read(place);
  const script = new vm.Script(Module.wrap(`\n${code}`), {
    filename: file,
    lineOffset: -1,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cachedData === undefined || script.cachedDataRejected) {
    fresh.set(place, script);
  }
  const run = script.runInThisContext();
  return run.call(this.exports, this.exports, Module.createRequire(file), this, file, path.dirname(file));
};

// Not before, so that functions are in it that are compiled when they are called.
process.on('exit', () => {
  fresh.forEach((script, place) => {
    keep(place, script.createCachedData());
  });
});
