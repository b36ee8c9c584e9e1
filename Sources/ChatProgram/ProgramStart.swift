public import ArgumentParser
import ChatPosix

extension ParsableCommand {
  /// Runs a program from its arguments. Starts no thread: the server forks.
  public static func start(program: String) {
    do throws(SystemCallError) {
      // A descriptor 0, 1 or 2 that is closed would become a connection.
      try StandardDescriptors.ensureOpen()
    } catch {
      ProgramExit.osError.leave(SharedWords.system(error, program: program))
    }
    if VersionOption.isAll(of: Array(CommandLine.arguments.dropFirst())) {
      exit(withError: CleanExit.message(Version.text))
    }
    main()
  }
}
