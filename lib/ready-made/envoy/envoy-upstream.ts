import { Upstream, upstreamOf } from '../settings/upstream';
import { EnvoyService } from './envoy-settings';

export { authority, type Upstream, upstreamOf } from '../settings/upstream';

export function upstreamsOf({ upstreams }: EnvoyService): Upstream[] {
  return upstreams.flatMap((url) => upstreamOf(url) ?? []);
}

export function isSecure({ upstreams }: EnvoyService): boolean {
  return upstreams.some((url) => upstreamOf(url)?.scheme === 'https');
}

export function nameOf({ name, listen }: EnvoyService): string {
  return name ?? `service-${listen}`;
}
