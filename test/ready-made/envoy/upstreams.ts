import { RequestListener } from 'node:http';

/** Answers with these statuses, one after another, and then with the last one; it counts requests. */
export function answering(...statuses: number[]): RequestListener & { count: number } {
  const handler = Object.assign(
    ((request, response) => {
      const status = statuses[Math.min(handler.count, statuses.length - 1)];
      handler.count += 1;
      request.resume();
      response.writeHead(status).end(JSON.stringify({ url: request.url, headers: request.headers }));
    }) as RequestListener,
    { count: 0 },
  );
  return handler;
}

/** Answers when it is told to. */
export function holding(): RequestListener & { count: number; release: () => void } {
  const waiting: (() => void)[] = [];
  const handler = Object.assign(
    ((_, response) => {
      handler.count += 1;
      waiting.push(() => response.end('held'));
    }) as RequestListener,
    {
      count: 0,
      release: () => {
        waiting.splice(0).forEach((answer) => {
          answer();
        });
      },
    },
  );
  return handler;
}

/** What an upstream that answers has seen. */
export const seenBy = (body: string) => JSON.parse(body) as { url: string; headers: Record<string, string> };
