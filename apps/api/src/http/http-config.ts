/** The slice of the configuration that the HTTP side needs. */
export interface HttpConfig {
  /** Pages are reached over HTTPS, here or at a proxy of ours. */
  readonly isSecure: boolean;
  readonly trustedProxies: readonly string[];
  readonly maxUploadBytes: number;
  /** Needed to read metrics from elsewhere than this machine. */
  readonly metricsToken: string | null;
  readonly version: string;
  /** Folder of the built web app. */
  readonly webDir: string;
}

export const HTTP_CONFIG = Symbol('HTTP_CONFIG');
export const ARCHIVE = Symbol('ARCHIVE');
export const LOG = Symbol('LOG');
