// What takes long to make of a text is kept in a file under the text's hash, so it is never that of another text.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const process = require('node:process');

const folder = path.join(path.dirname(require.resolve('../package.json')), 'node_modules/.cache/typescript');

exports.placeOf = (...texts) => path.join(folder, createHash('sha256').update(texts.join('\0')).digest('hex'));

exports.read = (place, encoding) => {
  try {
    return fs.readFileSync(place, encoding);
  } catch {
    return undefined;
  }
};

exports.keep = (place, content) => {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(`${place}.${process.pid}`, content);
    fs.renameSync(`${place}.${process.pid}`, place);
  } catch {
    // In a folder that cannot be written to all is made each time.
  }
};
