import ChatPosix
import ChatProgram

@main
enum Main {
  static func main() {
    InheritedDescriptors.remember()
    ChatClient.start()
  }
}
