declare module 'virtual:hash-worker' {
  /** The worker's script, as text. */
  const source: string;
  export default source;
}

declare module '*.css';
