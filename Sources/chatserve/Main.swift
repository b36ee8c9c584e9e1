import ArgumentParser
import ChatPosix

/// The entry point. Nothing here may start a thread: the listener forks.
@main
enum Main {
  static func main() {
    do throws(SystemCallError) {
      // A descriptor 0, 1 or 2 that is closed would become a peer's socket.
      try StandardDescriptors.ensureOpen()
    } catch {
      Leaving.now(UserMessages.system(error), .osError)
    }
    ChatServe.main()
  }
}
