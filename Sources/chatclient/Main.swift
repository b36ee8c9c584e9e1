import ArgumentParser
import ChatPosix

@main
enum Main {
  static func main() {
    do throws(SystemCallError) {
      // A descriptor 0, 1 or 2 that is closed would become the connection.
      try StandardDescriptors.ensureOpen()
    } catch {
      Leaving.now(UserMessages.system(error), .osError)
    }
    ChatClient.main()
  }
}
