/// Which columns `history list` has, by the width of the terminal.
///
/// Below 80 columns rows are made to fit. What is dropped, in this order, is
/// what a person misses least, so that 12 columns are left for the ending as
/// long as can be:
///
/// | columns | what goes |
/// |---|---|
/// | 80 and more | nothing; what is longer than its column pushes its row out, since rows are shown as they come and none can wait for the widest |
/// | 66 to 79 | nothing but what is longer |
/// | 57 to 65 | LENGTH |
/// | 51 to 56 | MSGS too |
/// | 42 to 50 | the clock of STARTED too |
/// | 30 to 41 | STARTED altogether |
/// | 20 to 29 | CLIENT has 6 columns |
///
/// What is cut then, a client's name or the end of the row, ends with `…`.
/// Below 20 columns the terminal wraps.
struct ListLayout {
  // Wide enough for what is common.
  static let idWidth = 4
  static let lengthWidth = 7
  static let countWidth = 4

  /// What is told of the start; the width of its column.
  enum Start: Int {
    case none = 0
    case date = 10
    case dateAndClock = 19
  }

  var start = Start.dateAndClock
  var hasLength = true
  var hasCount = true
  var clientWidth = 10
  /// The columns that a row may take; `nil` when it is not cut.
  var columns: Int?

  init(_ screen: Screen) {
    guard let width = screen.columns, width < 80 else { return }
    columns = max(width, 20)
    hasLength = width >= 66
    hasCount = width >= 57
    if width < 51 { start = .date }
    if width < 42 { start = .none }
    if width < 30 { clientWidth = 6 }
  }
}
