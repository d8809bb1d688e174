import ArgumentParser
import Commands

/// The executable `holdfast`; its commands are in the library `Commands`.
@main
struct Holdfast {
    static func main() async {
        await HoldfastCommand.main()
    }
}
