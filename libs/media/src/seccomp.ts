/**
 * A seccomp filter as the kernel wants it (linux/filter.h, `struct sock_filter` little-endian), for bwrap --seccomp.
 * It answers EPERM to calls no decoder needs and exploits like: sockets, tracing, mounting, keys, io_uring, new
 * namespaces. A deny list on purpose: an allow list breaks with the next libc, and the namespaces hold anyway.
 */
const DENIED: Record<'x64' | 'arm64', readonly number[]> = {
  // socket socketpair connect accept bind listen ptrace mount umount2 pivot_root chroot init_module finit_module
  // delete_module kexec_load add_key request_key keyctl unshare setns perf_event_open bpf userfaultfd
  // process_vm_readv process_vm_writev open_by_handle_at io_uring_setup io_uring_enter io_uring_register
  x64: [
    41, 53, 42, 43, 49, 50, 101, 165, 166, 155, 161, 175, 313, 176, 246, 248, 249, 250, 272, 308, 298, 321, 323, 310,
    311, 304, 425, 426, 427,
  ],
  arm64: [
    198, 199, 203, 202, 200, 201, 117, 40, 39, 41, 51, 105, 273, 106, 104, 217, 218, 219, 97, 268, 241, 280, 282, 270,
    271, 265, 425, 426, 427,
  ],
};
const AUDIT_ARCH = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const REFUSE_EPERM = 0x00050001;
const KILL_PROCESS = 0x80000000;
/** Numbers from here on are the x32 ABI, a second door to the same calls. */
const X32_BIT = 0x40000000;

/** The filter for this processor, or null where the numbers are not known (the namespaces still hold). */
export function seccompFilter(arch: string): Buffer | null {
  if (arch !== 'x64' && arch !== 'arm64') return null;
  const denied = DENIED[arch];
  const program: [code: number, ifTrue: number, ifFalse: number, k: number][] = [
    [LOAD_WORD, 0, 0, 4], // seccomp_data.arch
    [JUMP_EQUAL, 1, 0, AUDIT_ARCH[arch]],
    [RETURN, 0, 0, KILL_PROCESS],
    [LOAD_WORD, 0, 0, 0], // seccomp_data.nr
    [JUMP_AT_LEAST, denied.length + 1, 0, X32_BIT],
    ...denied.map((nr, i): [number, number, number, number] => [JUMP_EQUAL, denied.length - i, 0, nr]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, REFUSE_EPERM],
  ];
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, ifTrue, ifFalse, k], i) => {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(ifTrue, i * 8 + 2);
    bytes.writeUInt8(ifFalse, i * 8 + 3);
    bytes.writeUInt32LE(k, i * 8 + 4);
  });
  return bytes;
}
