/// The version of both programs, as CHANGELOG.md counts.
public enum Version {
  public static let text = "0.1.0"
}
