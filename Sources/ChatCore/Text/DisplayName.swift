/// Under what name the other side is shown.
public enum DisplayName {
  /// A handle made safe for a terminal, and marked with its role, as in
  /// `SERVER(client)`, when it could be taken for `own`, begins with what could, or could be taken
  /// for another name than it is.
  ///
  /// - Parameters:
  ///   - handle: of the side that is shown.
  ///   - role: which side that is.
  ///   - own: the handle of the side that it is shown to, once that has one.
  /// - Returns: the name.
  public static func of(
    _ handle: Handle, _ role: Party, besides own: Handle?
  ) -> String {
    let name = TextSanitizer.escapedOnOneLine(handle.text)
    let isTaken = own.map { handle.looksLike($0) || handle.beginsLike($0) } ?? false
    return isTaken || handle.isSuspicious ? marked(name, role) : name
  }

  /// The same for two that were stored: what is no handle at all, since
  /// somebody has changed the file, is marked too.
  public static func of(
    _ handle: String, _ role: Party, besides own: String
  ) -> String {
    guard let checked = try? Handle(handle), let own = try? Handle(own) else {
      return marked(TextSanitizer.escapedOnOneLine(handle), role)
    }
    return of(checked, role, besides: own)
  }

  private static func marked(_ name: String, _ role: Party) -> String {
    "\(name)(\(role.rawValue))"
  }
}
