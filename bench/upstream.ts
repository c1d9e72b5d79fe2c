/** What helpers are measured in front of: answers 1 KiB to each GET, and takes what is posted. Prints its two ports. */
import { readFileSync } from 'node:fs';
import { createServer, RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { listening, portOf } from '../test/support/net';

const BODY = Buffer.alloc(1024, 'x');

const answer: RequestListener = (request, response) => {
  if (request.method === 'GET') {
    // It may be kept, by who keeps answers.
    response.writeHead(200, { 'content-length': BODY.length, 'cache-control': 'max-age=600' }).end(BODY);
  } else {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-length': 2, 'content-type': 'application/json' }).end('{}');
    });
  }
};

const [cert, key] = process.argv.slice(2);
const servers = [
  createServer(answer),
  createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, answer),
];
void Promise.all(servers.map((server) => listening(server))).then((all) => {
  console.log(all.map(portOf).join(' '));
});
