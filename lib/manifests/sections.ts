/** The lists of a pod spec whose elements are containers; an empty line stands between these. */
export const CONTAINER_LISTS: ReadonlySet<string> = new Set(['initContainers', 'containers', 'ephemeralContainers']);

/** The sections of a pod spec; an empty line stands after each. */
export const SECTIONS: ReadonlySet<string> = new Set(['volumes', ...CONTAINER_LISTS]);
