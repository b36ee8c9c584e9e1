/// Under what name a peer is shown.
public enum DisplayName {
  /// The client's handle, made safe for a terminal, and marked when it could
  /// be taken for the server's.
  public static func of(_ client: Handle, besides server: Handle) -> String {
    of(client.text, besides: server)
  }

  /// The same for a handle that was stored.
  public static func of(_ client: String, besides server: Handle) -> String {
    let name = TextSanitizer.escapedOnOneLine(client)
    guard let handle = try? Handle(client), !handle.looksLike(server) else {
      return name + "(client)"
    }
    return name
  }
}
