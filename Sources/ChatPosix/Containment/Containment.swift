import CPosix
import SystemPackage

/// What a process keeps once it has what it needs open: the files that it
/// names here. Everything else is given up for good, layer by layer, so that
/// whoever takes the process over by what it reads finds nothing to use.
///
/// What is open stays usable: connections, pipes, the terminal.
public struct Containment: Sendable {
  /// One kind of thing that is given up. Each works without the others.
  public enum Layer: CaseIterable, Hashable, Sendable {
    /// Powers: set-user-ID programs, root's capabilities, debuggers, core
    /// files. prctl(2), capabilities(7).
    case powers
    /// More memory, descriptors and processes than a conversation has a use
    /// for. setrlimit(2).
    case resources
    /// Every file, program and TCP port but the files named, and other processes'
    /// abstract sockets; signals to others where ``Role/stopsGroup`` is false.
    /// landlock(7); Linux 5.13, where the system turns it on.
    case files
    /// Every system call but those of the role. seccomp(2), on x86_64 and aarch64.
    case calls
  }

  /// What a process is there for, which says what it may call:
  /// containment-table.h, docs/system-calls.md.
  public enum Role: CaseIterable, Hashable, Sendable {
    /// Talks with a peer. Without a ``Containment/directory`` it may make no call
    /// that takes a file's name.
    case conversation
    /// Holds the transcript open.
    case keeper
    /// chatclient, connected.
    case client
    /// Reads the operator's keys while nobody is there.
    case idleDesk
    /// Signs with the server's key, which it has read by then.
    case signer
    /// Makes chatclient's connections.
    case dialer

    /// Whether it stops its process group upon Ctrl-Z, which comes to it as a key:
    /// Landlock's scope of signals would keep that from the others in it. The
    /// filter of calls allows no other signal to them.
    var stopsGroup: Bool { self == .conversation || self == .client }
  }

  public var role: Role
  /// A directory in which, and below which, files may be made, read, written
  /// and removed. What is missing of it may be made. `nil`: there is none.
  public var directory: FilePath?
  /// Files that may be read, and those below directories. Those that do not exist are
  /// passed over.
  public var readableFiles: [FilePath]
  /// Files in the directory that alone may be cut, as far as they exist; `nil`: all
  /// may. From Linux 6.2 on (version 3 of Landlock); what is opened before is not
  /// bound by it.
  public var shrinkableFiles: [FilePath]?
  /// TCP ports that may be connected to, from Linux 6.7 on (version 4 of Landlock);
  /// before, the filter of calls alone says who may connect.
  public var ports: [UInt16] = []

  public init(
    _ role: Role, directory: FilePath? = nil, readableFiles: [FilePath] = [],
    shrinkableFiles: [FilePath]? = nil
  ) {
    self.role = role
    self.directory = directory
    self.readableFiles = readableFiles
    self.shrinkableFiles = shrinkableFiles
  }

  /// The layers that this system does not have. Asks, and changes nothing.
  public static func missingLayers() -> [Layer] {
    Layer.allCases.filter { layer in
      switch layer {
      // Every Linux that runs a Swift program has these.
      case .powers, .resources: false
      case .files: cposix_landlock_version() < 1
      case .calls: !cposix_can_filter_calls()
      }
    }
  }

  /// Gives up, in this process and those it would fork, what `layers` hold.
  /// There is no way back.
  ///
  /// A layer that fails is left out, and the others are applied: part of the
  /// protection is better than none, and better than not talking.
  ///
  /// - Returns: the layers that failed, with the reason.
  @discardableResult
  public func apply(_ layers: [Layer] = Layer.allCases) -> [Layer: SystemCallError] {
    var failures: [Layer: SystemCallError] = [:]
    // In the order of the cases: the later ones demand PR_SET_NO_NEW_PRIVS,
    // and the last bars calls that the others make.
    for layer in Layer.allCases where layers.contains(layer) {
      do throws(SystemCallError) {
        switch layer {
        case .powers: try givePowersUp()
        case .resources: try limitResources()
        case .files: try barFiles()
        case .calls: try barCalls()
        }
      } catch {
        failures[layer] = error
      }
    }
    return failures
  }

  private func givePowersUp() throws(SystemCallError) {
    try Self.perform("prctl", cposix_no_new_privileges)
    let kept = try keptPower()
    try Self.perform("capset") { cposix_drop_capabilities(kept) }
    // A core file would carry what was said out of the transcript's keeping,
    // to wherever core(5) sends it. RLIMIT_CORE does not bind a handler that
    // the system pipes cores to; this does.
    try Self.perform("prctl", cposix_no_dumps)
  }

  /// What root needs to use the directory, whose files are its own: it may be below
  /// somebody's home directory, through which nobody else may pass, or be somebody's.
  private func keptPower() throws(SystemCallError) -> cposix_power {
    guard let directory else { return CPOSIX_POWER_NONE }
    let status = try FileStatus(of: directory.isEmpty ? "." : directory, followingLinks: true)
    // One that is to be made again is made where that may be anybody's.
    guard let status, status.owner == FileStatus.effectiveUser else { return CPOSIX_POWER_WRITE }
    return CPOSIX_POWER_SEARCH
  }

  private func barCalls() throws(SystemCallError) {
    // seccomp(2) demands it, also where the first layer was left out.
    try Self.perform("prctl", cposix_no_new_privileges)
    try Self.perform("seccomp") { cposix_filter_calls(filter) }
  }

  private var filter: cposix_role {
    switch role {
    case .conversation: directory == nil ? CPOSIX_ROLE_UNRECORDED : CPOSIX_ROLE_CONVERSATION
    case .keeper: CPOSIX_ROLE_KEEPER
    case .client: CPOSIX_ROLE_CLIENT
    case .idleDesk: CPOSIX_ROLE_DESK
    case .signer: CPOSIX_ROLE_SIGNER
    case .dialer: CPOSIX_ROLE_DIALER
    }
  }

  static func perform(_ name: String, _ call: () -> Int32) throws(SystemCallError) {
    _ = try SystemCall.perform(name) { Result(errnoFrom: call()) }
  }
}
