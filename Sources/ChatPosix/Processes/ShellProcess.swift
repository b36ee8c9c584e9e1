import Glibc
import SystemPackage

/// Programs that a user named in words for the shell, such as a pager.
public enum ShellProcess {
  /// Starts `/bin/sh -c script` with `input` as its standard input, and the
  /// output, errors and environment of this process. What this process
  /// catches, ignores or blocks the shell does not. posix_spawn(3).
  ///
  /// - Returns: the child's process number, for ``ChildProcess/wait(for:)``.
  /// - Throws: ``SystemCallError``: `EAGAIN`, `ENOMEM`. A script that cannot
  ///   be run is no error here: the shell says so and ends with 127.
  public static func start(
    _ script: String, input: FileDescriptor
  ) throws(SystemCallError) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    // These only fill in what they are given, and fail for want of memory.
    try check(posix_spawn_file_actions_init(&actions))
    defer { posix_spawn_file_actions_destroy(&actions) }
    try check(posix_spawnattr_init(&attributes))
    defer { posix_spawnattr_destroy(&attributes) }
    try check(posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO))
    try setSignals(&attributes)

    var arguments: [UnsafeMutablePointer<CChar>?] = [
      strdup("sh"), strdup("-c"), strdup(script), nil,
    ]
    defer { for argument in arguments { free(argument) } }
    var process: Int32 = 0
    try check(posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ))
    return process
  }

  /// As ``start(_:input:)``, in a process group of its own, whose number is the child's, with
  /// this process's standard streams. posix_spawnattr_setpgroup(3)
  ///
  /// - Throws: ``SystemCallError``: `EAGAIN`, `ENOMEM`.
  public static func startApart(_ script: String) throws(SystemCallError) -> Int32 {
    var attributes = posix_spawnattr_t()
    try check(posix_spawnattr_init(&attributes))
    defer { posix_spawnattr_destroy(&attributes) }
    try setSignals(&attributes, besides: POSIX_SPAWN_SETPGROUP)
    var arguments: [UnsafeMutablePointer<CChar>?] = [
      strdup("sh"), strdup("-c"), strdup(script), nil,
    ]
    defer { for argument in arguments { free(argument) } }
    var process: Int32 = 0
    try check(posix_spawn(&process, "/bin/sh", nil, &attributes, &arguments, environ))
    return process
  }

  private static func setSignals(
    _ attributes: inout posix_spawnattr_t, besides flags: Int32 = 0
  ) throws(SystemCallError) {
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    for signal in Signal.allCases { sigaddset(&defaults, signal.number) }
    try check(posix_spawnattr_setsigdefault(&attributes, &defaults))
    var none = sigset_t()
    sigemptyset(&none)
    try check(posix_spawnattr_setsigmask(&attributes, &none))
    try check(
      posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | flags)))
  }

  /// These calls return the error instead of setting errno.
  private static func check(_ error: Int32) throws(SystemCallError) {
    _ = try SystemCall.perform("posix_spawn") {
      error == 0 ? .success(0) : Result<Int, Errno>.failure(Errno(rawValue: error))
    }
  }
}
