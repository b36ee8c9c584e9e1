import ChatCore

/// A run of chatserve: one process tree, from its start to its stop.
public struct RunDescription: Hashable, Sendable {
  /// The listener's process id.
  public var pid: Int32
  /// /proc/sys/kernel/random/boot_id, random(4): process ids start again
  /// with every boot.
  public var bootID: String
  /// The version of chatserve.
  public var version: String
  /// The port it listens on, 1 to 65535.
  public var port: Int
  /// The server's own handle.
  public var handle: Handle

  public init(pid: Int32, bootID: String, version: String, port: Int, handle: Handle) {
    self.pid = pid
    self.bootID = bootID
    self.version = version
    self.port = port
    self.handle = handle
  }
}
