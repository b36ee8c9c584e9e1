/// The first word of a native record.
public enum NativeVerb: String, CaseIterable, Sendable {
  case mode, wait, floor, say, ack, quit, ping, pong, deny
}
