/// Under what name a peer is shown.
public enum DisplayName {
  /// The client's handle, made safe for a terminal, and marked when it could
  /// be taken for the server's.
  public static func of(_ client: Handle, besides server: Handle) -> String {
    of(client.text, besides: server)
  }

  /// The same for a handle that was stored.
  public static func of(_ client: String, besides server: Handle) -> String {
    of(client, besides: server.text)
  }

  /// The same for two that were stored: what is no handle at all, since
  /// somebody has changed the file, is marked too.
  public static func of(_ client: String, besides server: String) -> String {
    let name = TextSanitizer.escapedOnOneLine(client)
    guard let handle = try? Handle(client), let server = try? Handle(server),
      !handle.looksLike(server)
    else { return name + "(client)" }
    return name
  }
}
