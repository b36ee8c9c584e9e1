public import ArgumentParser
public import ChatCore
public import ChatTerminal

/// How the conversation is to look: the same options in both programs.
public struct ViewOptions: ParsableArguments {
  @Option(help: "auto, always or never.")
  public var color = ColorChoice.auto

  @Flag(help: "The time before every message.")
  public var timestamps = false

  @Flag(help: "No bell when a message arrives while nobody types.")
  public var noBell = false

  @Flag(help: "Leave the window's title alone, and ask for no notifications.")
  public var noTitle = false

  @Flag(help: "Whole lines, nothing redrawn: for screen readers and logs.")
  public var plain = false

  @Option(
    help: ArgumentHelp(
      "Keep the lines that you type in this file, for Up and Ctrl-R, also in the next run.",
      valueName: "file"),
    completion: .file())
  public var historyFile: String?

  public init() {}

  /// Opens what the options name, for `program`; what fails ends it.
  package func openDesk(for program: String) -> DeskOptions {
    var desk = desk
    guard let path = historyFile else { return desk }
    do throws(TypedLinesFile.Failure) {
      desk.typedLines = try TypedLinesFile(path: path)
    } catch {
      switch error {
      case .foreign:
        ProgramExit.cannotCreate.leave(
          "\(program): \(TextSanitizer.escapedOnOneLine(path)) holds something else than typed "
            + "lines, and is left alone.")
      case .file(let error):
        let (sentence, status) = SharedWords.cannotKeep(error, in: path, program: program)
        status.leave(sentence)
      }
    }
    return desk
  }

  private var desk: DeskOptions {
    var desk = DeskOptions()
    desk.isPlain = plain
    desk.usesColor = color.isOn()
    desk.showsTimes = timestamps
    desk.ringsBell = !noBell
    desk.setsTitle = !noTitle
    return desk
  }
}

extension ColorChoice: ExpressibleByArgument {}
extension Mode: ExpressibleByArgument {}
