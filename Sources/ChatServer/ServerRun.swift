import ChatCore
import ChatPosix
import Transcript

/// This run of the server, as the transcript knows it: the same in the
/// listener, the keeper and every conversation.
package struct ServerRun {
  var id: Int64
  /// The transcript's path.
  let database: String
  let description: RunDescription
  let startedAt: Timestamp
  let mode: Mode
  let reserve: DiskReserve

  /// A run that is not in the transcript yet.
  package init(database: String, settings: ServerSettings, port: UInt16) {
    id = 0
    self.database = database
    description = RunDescription(
      pid: ProcessID.current, bootID: BootID.current, version: settings.version,
      port: Int(port), handle: settings.handle, address: settings.address)
    startedAt = Timestamp(milliseconds: Clock.realtimeMilliseconds())
    mode = settings.mode
    reserve = settings.diskReserve
  }
}

/// Which boot of the machine this is.
enum BootID {
  /// proc_sys_kernel(5), random/boot_id; empty where there is no /proc.
  static var current: String {
    guard
      let file = try? FileDescriptor.open("/proc/sys/kernel/random/boot_id", .readOnly)
    else { return "" }
    defer { file.closeOnce() }
    var bytes = [UInt8](repeating: 0, count: 64)
    guard case .bytes(let count)? = try? file.readAvailable(into: &bytes) else { return "" }
    return String(decoding: bytes.prefix(count).prefix { $0 != 0x0a }, as: UTF8.self)
  }
}
