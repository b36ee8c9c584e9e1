import CPosix
import Glibc
import SystemPackage

extension Containment {
  /// Bytes of private writable memory, RLIMIT_DATA: several times what the
  /// process may hold, so that only what runs away meets it. And as many of
  /// address space beside what is mapped already, RLIMIT_AS: that counts shared
  /// memory and the stack too, and the libraries, whose size is the system's.
  static let memory: UInt64 = 128 * 1024 * 1024
  /// Descriptors, RLIMIT_NOFILE: some four times what a conversation has open
  /// while it changes over to a new transcript. What is open above stays so.
  static let descriptors: UInt64 = 64
  /// The same of the signer, which has one for each newcomer: the most that
  /// `--max-start` lets in at once, those who are leaving, and some.
  static let signerDescriptors: UInt64 = 2048

  func limitResources() throws(SystemCallError) {
    // First, since it opens a file: the process may have more descriptors than
    // the limit leaves. Without a proc(5) to ask, the filter of calls still keeps
    // what is shared small.
    let used = try? Self.addressSpace()
    try Self.limit(RLIMIT_NOFILE, to: role == .signer ? Self.signerDescriptors : Self.descriptors)
    // Does not bind root, setrlimit(2); the calls are barred besides.
    try Self.limit(__RLIMIT_NPROC, to: 0)
    // See `givePowersUp`: for what PR_SET_DUMPABLE may miss.
    try Self.limit(RLIMIT_CORE, to: 0)
    // Sanitizers keep a shadow of the whole address space as such memory.
    if !cposix_is_sanitized() {
      try Self.limit(RLIMIT_DATA, to: Self.memory)
      if let used { try Self.limit(RLIMIT_AS, to: used + Self.memory) }
    }
    // No RLIMIT_FSIZE: a transcript grows, and a cut in the middle of a commit
    // is no protection.
  }

  /// Bytes of address space in use, proc_pid_statm(5).
  ///
  /// - Throws: ``SystemCallError``: `ENOENT` where no proc(5) is mounted.
  private static func addressSpace() throws(SystemCallError) -> UInt64 {
    let file = try SystemCall.perform("open") {
      Result<FileDescriptor, Errno>(catchingErrno: {
        try FileDescriptor.open("/proc/self/statm", .readOnly, retryOnInterrupt: false)
      })
    }
    defer { file.closeOnce() }
    var text = [UInt8](repeating: 0, count: 128)
    _ = try file.readAvailable(into: &text)
    let pages = String(decoding: text.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    guard let count = UInt64(pages) else {
      throw SystemCallError(call: "read", errno: .invalidArgument)
    }
    return count * UInt64(getpagesize())
  }

  /// Lowers a limit for good, the hard one too; one that is lower stays.
  private static func limit(
    _ resource: __rlimit_resource, to value: UInt64
  ) throws(SystemCallError) {
    let resource = Int32(bitPattern: resource.rawValue)
    var bounds = rlimit()
    try perform("getrlimit") { getrlimit(resource, &bounds) }
    bounds.rlim_max = min(bounds.rlim_max, rlim_t(value))
    bounds.rlim_cur = min(bounds.rlim_cur, bounds.rlim_max)
    try perform("setrlimit") { setrlimit(resource, &bounds) }
  }
}
