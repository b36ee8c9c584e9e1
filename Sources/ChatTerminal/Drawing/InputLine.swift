/// What is to be seen of the line that is being typed.
public struct InputLine: Hashable, Sendable {
  /// Stands on rows of its own above the text, dim: whose turn it is instead.
  public var notice = ""
  public var prompt = ""
  public var promptStyle = Style.plain
  /// Blank columns before the text where a prompt will come, so that its
  /// coming moves no typed character.
  public var indent = 0
  public var characters: [Character] = []
  /// How many characters stand before the cursor.
  public var cursor = 0
  /// Stands after the text, dim: how much room is left.
  public var suffix = ""

  /// Columns before every further row that a line break in the text begins.
  public static let continuationIndent = 4

  public init() {}

  var isEmpty: Bool { notice.isEmpty && prompt.isEmpty && characters.isEmpty }
}
