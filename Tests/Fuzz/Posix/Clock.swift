/// What stands in for ChatPosix where targets are built by themselves: none of them
/// asks for this machine's zone.
public enum Clock {
  public static func loadZone() {}
  public static func setZone(_ name: String) -> Bool { false }
  public static func zoneOffset(at seconds: Int64) -> Int? { 0 }
}
