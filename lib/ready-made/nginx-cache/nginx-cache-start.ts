import { NameKind, nameKindOf, RESOLVER_FILE, RUN_FOLDER, SERVER_FILE, upstreamIn } from './nginx-cache-config';
import { NginxCacheSettings } from './nginx-cache-settings';

/**
 * What a shell does before nginx starts: it writes down whom to ask for names, and the whole name of a Service, as nginx
 * itself does not read `/etc/resolv.conf`.
 *
 * @returns undefined where nginx asks for no name, or was told whom to ask
 */
export function startScript(settings: NginxCacheSettings): string | undefined {
  const upstream = upstreamIn(settings);
  const kind = nameKindOf(upstream);
  if (kind === NameKind.ADDRESS || settings.nameservers) {
    return undefined;
  }
  const server = (name: string): string =>
    `printf 'server %s:${upstream.port} resolve;\\n' "${upstream.host}${name}" >${RUN_FOLDER}/${SERVER_FILE}\n`;
  return [
    RESOLVER,
    kind === NameKind.IN_NAMESPACE ? server('${namespace:+.$namespace}') : '',
    kind === NameKind.IN_CLUSTER ? server('.${cluster:-cluster.local}') : '',
  ].join('');
}

const RESOLVER = `nameservers= namespace= cluster= ipv6=' ipv6=off'
while read -r key first others || [ "$key" ]; do
  case $key in
  nameserver)
    case $first in *:*) first="[$first]" ;; esac
    nameservers="$nameservers $first"
    ;;
  search)
    namespace=$first
    for domain in $first $others; do
      case $domain in svc.*) cluster=\${domain#svc.} ;; esac
    done
    ;;
  esac
done </etc/resolv.conf
# Without an address of IPv6 that is good for more than this pod, there is no use in those of others.
if [ -r /proc/net/if_inet6 ]; then
  while read -r address index length scope others; do
    [ "$scope" != 00 ] || ipv6=
  done </proc/net/if_inet6
fi
echo "resolver\${nameservers:- 127.0.0.1}$ipv6;" >${RUN_FOLDER}/${RESOLVER_FILE}
`;
