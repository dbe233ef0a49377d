/** Where boxes stand and lines run; knows nothing of procedures. Same input, same picture. */

export interface FlowBox {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface FlowPoint {
  readonly x: number;
  readonly y: number;
}

export interface PlacedBox extends FlowBox {
  readonly x: number;
  readonly y: number;
}

export interface FlowLine {
  readonly from: string;
  readonly to: string;
  readonly points: readonly FlowPoint[];
}

export interface FlowLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly lines: readonly FlowLine[];
}

const GAP_X = 18;
const TRACK = 7;
const GAP_Y = 11;
/** How wide a line counts that passes a layer between two boxes. */
const LANE = 10;
const ROUNDS = 12;

/** A place in a layer: a box, or a line on its way through. */
interface Place {
  readonly key: string;
  readonly layer: number;
  readonly width: number;
  readonly height: number;
  readonly before: string[];
  readonly behind: string[];
  x: number;
}

/**
 * Boxes in layers, each below all it waits for; in a layer in the order that crosses fewest lines (barycentres); lines
 * that pass a layer have a lane of their own there, so none runs through a box.
 * @param after for each box the boxes it waits for; without circles
 */
export function layOutFlow(boxes: readonly FlowBox[], after: ReadonlyMap<string, readonly string[]>): FlowLayout {
  const arrows = withoutDetours(boxes, after);
  const layers = layersOf(boxes, arrows);
  const { places, ways } = placesOf(boxes, arrows, layers);
  const rows = rowsOf(places);
  sortRows(rows, places);
  const width = spread(rows, places);
  return drawn(boxes, rows, places, ways, width);
}

/** Without arrows that say what others say together: a → c, where a → b → c. */
function withoutDetours(
  boxes: readonly FlowBox[],
  after: ReadonlyMap<string, readonly string[]>,
): Map<string, readonly string[]> {
  const above = new Map<string, Set<string>>();
  const all = (id: string): Set<string> => {
    const known = above.get(id);
    if (known) return known;
    const found = new Set((after.get(id) ?? []).flatMap((one) => [one, ...all(one)]));
    above.set(id, found);
    return found;
  };
  return new Map(
    boxes.map(({ id }) => {
      const direct = after.get(id) ?? [];
      return [id, direct.filter((one) => !direct.some((other) => all(other).has(one)))];
    }),
  );
}

function layersOf(boxes: readonly FlowBox[], arrows: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const layers = new Map<string, number>();
  const layerOf = (id: string): number => {
    const known = layers.get(id);
    if (known !== undefined) return known;
    const layer = Math.max(-1, ...(arrows.get(id) ?? []).map(layerOf)) + 1;
    layers.set(id, layer);
    return layer;
  };
  for (const { id } of boxes) layerOf(id);
  return layers;
}

function placesOf(
  boxes: readonly FlowBox[],
  arrows: ReadonlyMap<string, readonly string[]>,
  layers: ReadonlyMap<string, number>,
): { places: Map<string, Place>; ways: { from: string; to: string; keys: string[] }[] } {
  const places = new Map<string, Place>();
  const add = (key: string, layer: number, { width, height }: Pick<FlowBox, 'width' | 'height'>): void => {
    places.set(key, { key, layer, width, height, before: [], behind: [], x: 0 });
  };
  for (const box of boxes) add(box.id, layers.get(box.id) ?? 0, box);
  const ways = boxes.flatMap(({ id: to }) =>
    (arrows.get(to) ?? []).map((from) => {
      const keys = [from];
      // Lines to one box that pass the same layer share their lane.
      for (let layer = (layers.get(from) ?? 0) + 1; layer < (layers.get(to) ?? 0); layer++) {
        const key = `${from}>${to}@${layer}`;
        add(key, layer, { width: LANE, height: 0 });
        keys.push(key);
      }
      keys.push(to);
      for (const [i, key] of keys.slice(1).entries()) {
        places.get(key)?.before.push(keys[i] ?? from);
        places.get(keys[i] ?? from)?.behind.push(key);
      }
      return { from, to, keys };
    }),
  );
  return { places, ways };
}

function rowsOf(places: ReadonlyMap<string, Place>): Place[][] {
  const rows: Place[][] = [];
  for (const place of places.values()) {
    while (rows.length <= place.layer) rows.push([]);
    rows[place.layer]?.push(place);
  }
  return rows;
}

function sortRows(rows: Place[][], places: ReadonlyMap<string, Place>): void {
  let best = rows.map((row) => [...row]);
  let fewest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const side = round % 2 === 0 ? 'before' : 'behind';
    const rank = new Map(rows.flatMap((row) => row.map(({ key }, i): [string, number] => [key, i / row.length])));
    const order = side === 'before' ? rows : [...rows].reverse();
    for (const row of order) {
      const centre = new Map(row.map((place, i) => [place.key, meanOf(place[side], rank) ?? i / row.length]));
      row.sort((a, b) => (centre.get(a.key) ?? 0) - (centre.get(b.key) ?? 0));
      for (const [i, { key }] of row.entries()) rank.set(key, i / row.length);
    }
    const crossings = countCrossings(rows, places);
    if (crossings >= fewest) continue;
    fewest = crossings;
    best = rows.map((row) => [...row]);
  }
  for (const [i, row] of best.entries()) rows[i] = row;
}

function meanOf(keys: readonly string[], rank: ReadonlyMap<string, number>): number | null {
  if (keys.length === 0) return null;
  return keys.reduce((sum, key) => sum + (rank.get(key) ?? 0), 0) / keys.length;
}

function countCrossings(rows: readonly Place[][], places: ReadonlyMap<string, Place>): number {
  const index = new Map(rows.flatMap((row) => row.map(({ key }, i): [string, number] => [key, i])));
  let crossings = 0;
  for (const row of rows) {
    const ends = row.flatMap(({ key, behind }) =>
      behind.map((to) => [index.get(key) ?? 0, index.get(places.get(to)?.key ?? '') ?? 0] as const),
    );
    for (const [i, [a, b]] of ends.entries())
      for (const [c, d] of ends.slice(i + 1)) if ((a - c) * (b - d) < 0) crossings += 1;
  }
  return crossings;
}

/** Each place goes over the middle of what it hangs together with, as far as its neighbours let it. */
function spread(rows: readonly Place[][], places: ReadonlyMap<string, Place>): number {
  const widthOf = (row: readonly Place[]): number => row.reduce((sum, { width }) => sum + width + GAP_X, -GAP_X);
  const width = Math.max(...rows.map(widthOf));
  for (const row of rows) {
    let x = (width - widthOf(row)) / 2;
    for (const place of row) {
      place.x = x;
      x += place.width + GAP_X;
    }
  }
  const middle = (key: string): number => {
    const place = places.get(key);
    return place === undefined ? 0 : place.x + place.width / 2;
  };
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? rows : [...rows].reverse();
    for (const row of order) {
      const wished = row.map((place) => {
        const around = round % 2 === 0 ? place.before : place.behind;
        const others = around.length > 0 ? around : [...place.before, ...place.behind];
        if (others.length === 0) return place.x;
        return others.reduce((sum, key) => sum + middle(key), 0) / others.length - place.width / 2;
      });
      settle(row, wished, width);
    }
  }
  return width;
}

/** Wishes pushed apart from the left, then back from the right edge. */
function settle(row: readonly Place[], wished: readonly number[], width: number): void {
  let least = 0;
  for (const [i, place] of row.entries()) {
    place.x = Math.max(least, wished[i] ?? 0);
    least = place.x + place.width + GAP_X;
  }
  let most = width;
  for (const place of [...row].reverse()) {
    place.x = Math.min(place.x, most - place.width);
    most = place.x - GAP_X;
  }
}

type Way = { readonly from: string; readonly to: string; readonly keys: readonly string[] };

function drawn(
  boxes: readonly FlowBox[],
  rows: readonly Place[][],
  places: ReadonlyMap<string, Place>,
  ways: readonly Way[],
  width: number,
): FlowLayout {
  const centre = (key: string): number => {
    const place = places.get(key);
    return place === undefined ? 0 : Math.round(place.x + place.width / 2);
  };
  // Below each layer the lines turn aside, those to one place together, each such bundle at a height of its own.
  const tracks = rows.map((row) => {
    const targets = row.flatMap(({ key, behind }) => behind.filter((to) => centre(to) !== centre(key)));
    return [...new Set(targets)].sort((a, b) => centre(a) - centre(b));
  });
  const tops: number[] = [];
  let y = 0;
  for (const [layer, row] of rows.entries()) {
    tops.push(y);
    y += Math.max(...row.map(({ height }) => height)) + 2 * GAP_Y + (tracks[layer]?.length ?? 0) * TRACK;
  }
  const heightOf = (layer: number): number => Math.max(...(rows[layer] ?? []).map(({ height }) => height));
  const lines = ways.map(({ from, to, keys }): FlowLine => {
    const points: FlowPoint[] = [];
    for (const [i, key] of keys.slice(0, -1).entries()) {
      const layer = places.get(key)?.layer ?? 0;
      const next = keys[i + 1] ?? to;
      if (i === 0) points.push({ x: centre(key), y: (tops[layer] ?? 0) + (places.get(key)?.height ?? 0) });
      if (centre(next) !== centre(key)) {
        const track = tracks[layer]?.indexOf(next) ?? 0;
        const turn = (tops[layer] ?? 0) + heightOf(layer) + GAP_Y + track * TRACK;
        points.push({ x: centre(key), y: turn }, { x: centre(next), y: turn });
      }
    }
    points.push({ x: centre(to), y: tops[places.get(to)?.layer ?? 0] ?? 0 });
    return { from, to, points };
  });
  const placed = boxes.map((box): PlacedBox => {
    const place = places.get(box.id);
    return { ...box, x: Math.round(place?.x ?? 0), y: tops[place?.layer ?? 0] ?? 0 };
  });
  const height = Math.max(...placed.map((box) => box.y + box.height));
  return { width: Math.round(width), height, boxes: placed, lines };
}
