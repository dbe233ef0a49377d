export { type ArchiveSlices, archiveOptions, zoneMinutes } from './archive-options.js';
export { ConfigError, type ConfigProblem } from './config-error.js';
export { describeSettings, exampleEnvironment, type SettingDescription } from './describe-settings.js';
export type { HoursOfDay } from './kinds.js';
export { type ConfigOf, type Environment, loadConfig } from './load-config.js';
export { Secret } from './secret.js';
export type { App } from './settings.js';
export type {
  ClientConfig,
  DatabaseConfig,
  DataConfig,
  HttpConfig,
  LedgerConfig,
  LogConfig,
  MediaConfig,
  MetricsConfig,
  QueueSettings,
  ReplicaConfig,
  RetentionConfig,
  SentinelSettings,
  SessionConfig,
  SignerConfig,
  StoreConfig,
  UploadConfig,
  WitnessConfig,
  WorkerSettings,
} from './slices.js';
