import { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** A request that came to a receiver. */
export interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Not compressed any more. */
  readonly body: Buffer;
}

/** What a request says, not compressed any more. */
export async function bodyOf(request: Readable & { headers: IncomingHttpHeaders }): Promise<Buffer> {
  const body = await buffer(request);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}
