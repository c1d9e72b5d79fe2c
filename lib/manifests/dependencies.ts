import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

// What the App of cdk8s does once per chart, done once per app: its semantics, in linear time.

/**
 * Turns dependencies between constructs, and the nesting of charts, into dependencies between charts and between API
 * objects. Returns whether any chart depends on another.
 */
export function resolveDependencies(app: IConstruct): boolean {
  const constructs = app.node.findAll();
  for (const parent of constructs.filter((construct) => Chart.isChart(construct))) {
    for (const child of parent.node.children.filter((construct) => Chart.isChart(construct))) {
      parent.node.addDependency(child);
    }
  }
  const dependencies = dependenciesOf(constructs);
  if (dependencies.length === 0) {
    return false;
  }
  let hasDependentCharts = false;
  for (const { source, target } of dependencies) {
    const [sourceChart, targetChart] = [Chart.of(source), Chart.of(target)];
    if (sourceChart !== targetChart) {
      sourceChart.node.addDependency(targetChart);
      hasDependentCharts = true;
    }
  }
  const objectsIn = objectFinder();
  for (const { source, target } of dependenciesOf(constructs)) {
    for (const targetObject of objectsIn(target)) {
      for (const sourceObject of objectsIn(source)) {
        if (sourceObject !== targetObject) {
          sourceObject.node.addDependency(targetObject);
        }
      }
    }
  }
  return hasDependentCharts;
}

/** The charts of an app; those that others depend on come first. */
export function sortedCharts(app: IConstruct): Chart[] {
  return sortByDependencies(app).filter((construct) => Chart.isChart(construct));
}

/** The API objects of a chart, without those of charts inside it; those that others depend on come first. */
export function sortedObjects(chart: Chart): ApiObject[] {
  return sortByDependencies(chart)
    .filter((construct) => ApiObject.isApiObject(construct))
    .filter((object) => Chart.of(object) === chart);
}

interface Dependency {
  readonly source: IConstruct;
  readonly target: IConstruct;
}

function dependenciesOf(constructs: readonly IConstruct[]): Dependency[] {
  return constructs.flatMap((source) => source.node.dependencies.map((target) => ({ source, target })));
}

/** Finds the API objects in a construct that are in the same chart as the construct; each construct is searched once. */
function objectFinder(): (construct: IConstruct) => readonly ApiObject[] {
  const found = new Map<IConstruct, readonly ApiObject[]>();
  return (construct) => {
    const objects =
      found.get(construct) ??
      construct.node
        .findAll()
        .filter((child) => ApiObject.isApiObject(child))
        .filter((object) => Chart.of(object) === Chart.of(construct));
    found.set(construct, objects);
    return objects;
  };
}

/**
 * The constructs in a scope, each after those it depends on. What is outside of the scope does not count.
 *
 * The order is that of the DependencyGraph of cdk8s. That one visits a construct once for each path that leads to it,
 * which never ends when a few charts of some objects each depend on each other in a row.
 */
function sortByDependencies(scope: IConstruct): IConstruct[] {
  const constructs = scope.node.findAll();
  const vertices = integersFirst(constructs);
  const dependencies = dependenciesOf(constructs);
  if (dependencies.length === 0) {
    return vertices;
  }
  const inScope = new Set(constructs);
  const edges = dependencies.filter(({ target }) => inScope.has(target));
  const targets = new Set(edges.map(({ target }) => target));
  const roots = vertices.filter((construct) => !targets.has(construct));
  const sorted = sortVertices([...roots, ...vertices], edges);
  if (!sorted) {
    const cycle = firstCycle(edges).map(({ node }) => node.path);
    throw new Error(`Dependency cycle detected: ${cycle.join(' => ')}`);
  }
  return sorted;
}

/** As in cdk8s, whose graph keeps constructs in an object by their paths: those like array indices come first. */
function integersFirst(constructs: readonly IConstruct[]): IConstruct[] {
  // The id first, as every path takes long: it is the last part of the path.
  const isIndex = ({ node }: IConstruct): boolean =>
    /^\d+$/.test(node.id) && /^(0|[1-9]\d*)$/.test(node.path) && Number(node.path) < 2 ** 32 - 1;
  const indices = constructs.filter(isIndex).sort((a, b) => Number(a.node.path) - Number(b.node.path));
  return indices.length === 0
    ? [...constructs]
    : [...indices, ...constructs.filter((construct) => !isIndex(construct))];
}

/** Depth first, without recursion, as chains of dependencies can be long; `undefined` when there is a cycle. */
function sortVertices(vertices: readonly IConstruct[], edges: readonly Dependency[]): IConstruct[] | undefined {
  const targets = targetsBySource(edges);
  const entered = new Set<IConstruct>();
  const left = new Set<IConstruct>();
  for (const vertex of vertices) {
    const stack = [vertex];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      if (entered.has(top)) {
        left.add(top);
        stack.pop();
        continue;
      }
      entered.add(top);
      for (const target of [...(targets.get(top) ?? [])].reverse()) {
        if (!left.has(target)) {
          if (entered.has(target)) {
            return undefined;
          }
          stack.push(target);
        }
      }
    }
  }
  return [...left];
}

/** The cycle that comes first when the edges are drawn one by one. */
function firstCycle(edges: readonly Dependency[]): IConstruct[] {
  let [acyclic, cyclic] = [0, edges.length];
  while (cyclic - acyclic > 1) {
    const middle = Math.floor((acyclic + cyclic) / 2);
    const drawn = edges.slice(0, middle);
    if (
      sortVertices(
        drawn.map(({ source }) => source),
        drawn,
      )
    ) {
      acyclic = middle;
    } else {
      cyclic = middle;
    }
  }
  const { source, target } = edges[acyclic];
  const targets = targetsBySource(edges.slice(0, acyclic));
  const reachedFrom = new Map<IConstruct, IConstruct | undefined>([[target, undefined]]);
  for (const reached of reachedFrom.keys()) {
    for (const next of targets.get(reached) ?? []) {
      if (!reachedFrom.has(next)) {
        reachedFrom.set(next, reached);
      }
    }
  }
  const cycle = [target];
  for (let step: IConstruct | undefined = source; step; step = reachedFrom.get(step)) {
    cycle.unshift(step);
  }
  return cycle;
}

function targetsBySource(edges: readonly Dependency[]): Map<IConstruct, IConstruct[]> {
  const targets = new Map<IConstruct, IConstruct[]>();
  for (const { source, target } of edges) {
    const known = targets.get(source);
    if (known) {
      known.push(target);
    } else {
      targets.set(source, [target]);
    }
  }
  return targets;
}
