import { shown } from '../../values/shape';
import { shownUrl } from '../../values/shown-url';

/** What a helper adds to a URL itself, at the end of one that has it already. */
const ADDED = {
  otlpHttp: /(?<!\/)\/v1\/(?:logs|metrics|traces)\/*$/,
  loki: /(?<!\/)\/(?:loki\/api\/v1(?:\/push)?|otlp(?:\/v1\/logs)?)\/*$/,
};

/** A sentence about a URL with a path that would be there twice. */
export function addedPathProblem(what: string, url: string, api: keyof typeof ADDED): string[] {
  const [path] = ADDED[api].exec(url) ?? [''];
  return path === '' ? [] : [`${what} is ${shownUrl(url)}, to which its path is added; leave out ${shown(path)}`];
}
