/** One file of a package, as its folder or zip file lists it. Paths are relative, with `/` between names. */
export interface BagFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Anything but a plain file is a finding: a link can lead out of the package, a device never ends. */
  readonly kind: 'file' | 'link' | 'special';
}

/**
 * Where a bag is read from: a folder, a zip file, files dropped on a page. Implementations never follow links and never
 * leave the folder; they list what is there, even under names that are not safe, so that it is found.
 */
export interface BagFiles {
  list(): AsyncIterable<BagFile>;
  /** The bytes of one listed file, in chunks. Throws DossierError when the container itself shows them to be altered. */
  read(path: string): AsyncIterable<Uint8Array>;
}

export interface Hasher {
  /** May hash later (a thread, a worker): the chunk is left alone until the promise resolves. */
  update(chunk: Uint8Array): void | Promise<void>;
  /** Lower-case hex; the hasher is used up. */
  digestHex(): string | Promise<string>;
}

/** Sees the bytes of one file while its digests are computed, so that a file of any size is read once. */
export interface ContentWatcher {
  update(chunk: Uint8Array): void | Promise<void>;
  /** After the last byte. Not called when the file could not be read to its end. */
  end(content: {
    readonly sizeBytes: number;
    readonly digests: ReadonlyMap<BagAlgorithm, string>;
  }): void | Promise<void>;
}

export const BAG_ALGORITHMS = ['sha256', 'sha512', 'sm3'] as const;
export type BagAlgorithm = (typeof BAG_ALGORITHMS)[number];

export const DIGEST_HEX_LENGTH: Readonly<Record<BagAlgorithm, number>> = { sha256: 64, sha512: 128, sm3: 64 };

/** Node's crypto, hash-wasm in a browser. Null when this machine cannot compute it: what needs it is not checked. */
export type HasherFactory = (algorithm: BagAlgorithm) => Hasher | null;
