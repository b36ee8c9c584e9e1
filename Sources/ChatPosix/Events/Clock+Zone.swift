import Glibc
import SystemPackage

/// The zone of this process: one, kept by the C library and handed on to the
/// processes that it starts. tzset(3).
extension Clock {
  /// Reads the rules of this place's time from their file, for this process
  /// and those forked from it: a contained process cannot, and would take the
  /// time for UTC. tzset(3).
  public static func loadZone() {
    tzset()
  }

  /// Makes the zone `name` of the zone database this place's, in place of what
  /// TZ and /etc/localtime say. setenv(3), tzset(3). To be called before
  /// anything is asked of local time.
  ///
  /// - Parameter name: a path below the database, such as `Asia/Tokyo`, that
  ///   leads nowhere else: the caller has seen to that.
  /// - Returns: whether there is such a zone here, and memory for its name.
  ///   Nothing has changed if not; the C library itself would take UTC.
  public static func setZone(_ name: String) -> Bool {
    let path = "\(zoneDirectory)/\(name)"
    guard isZoneFile(FilePath(path)), setenv("TZ", ":\(path)", 1) == 0 else { return false }
    tzset()
    return true
  }

  /// Where Linux keeps the zone database, tzset(3).
  private static let zoneDirectory = "/usr/share/zoneinfo"

  /// Whether the file begins as tzfile(5) says: there are tables and lists
  /// beside the zones.
  private static func isZoneFile(_ path: FilePath) -> Bool {
    guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else {
      return false
    }
    defer { file.closeOnce() }
    var beginning = [UInt8](repeating: 0, count: 4)
    let count = beginning.withUnsafeMutableBytes { try? file.read(into: $0) }
    return count == 4 && beginning == Array("TZif".utf8)
  }

  /// How far this place's clocks are from UTC at `seconds` since 1970 UTC, in
  /// seconds, east positive. localtime_r(3), tm_gmtoff.
  ///
  /// - Returns: `nil` for a year that an `Int32` cannot hold.
  public static func zoneOffset(at seconds: Int64) -> Int? {
    localFields(seconds).map { $0.tm_gmtoff }
  }

  /// What a wall clock shows in this place at `milliseconds` since 1970 UTC.
  /// The place's rules are read once, by ``loadZone()`` or the first call.
  /// localtime_r(3).
  public static func localTime(_ milliseconds: Int64) -> LocalTime {
    guard let fields = localFields(milliseconds / 1000) else {
      return LocalTime(year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0)
    }
    return LocalTime(fields)
  }

  /// `2026-03-01T14:02:03.120Z`, RFC 3339: `milliseconds` since 1970 UTC.
  /// gmtime_r(3).
  public static func utcText(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000)
    var fields = tm()
    _ = gmtime_r(&seconds, &fields)
    let time = LocalTime(fields)
    let fraction = String(1000 + milliseconds % 1000).dropFirst()
    return "\(time.dayText)T\(time.timeText).\(fraction)Z"
  }

  private static func localFields(_ seconds: Int64) -> tm? {
    var seconds = time_t(seconds)
    var fields = tm()
    return localtime_r(&seconds, &fields) == nil ? nil : fields
  }
}

extension LocalTime {
  fileprivate init(_ fields: tm) {
    self.init(
      year: Int(fields.tm_year) + 1900, month: Int(fields.tm_mon) + 1, day: Int(fields.tm_mday),
      hour: Int(fields.tm_hour), minute: Int(fields.tm_min), second: Int(fields.tm_sec))
  }
}
