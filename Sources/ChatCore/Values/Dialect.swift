/// How a peer writes on the wire; see `docs/protocol.md`.
public enum Dialect: String, CaseIterable, Sendable {
  /// Records ended by NUL, with receipts: chatclient.
  case native
  /// A message a line: a person with nc, telnet or socat.
  case line
  /// One send is one message, without any framing: the original programs.
  case original
}
