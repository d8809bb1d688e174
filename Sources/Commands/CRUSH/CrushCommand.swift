import ArgumentParser

/// `holdfast crush`: what is done with CRUSH maps in files. No cluster is asked.
struct CrushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crush",
        abstract: "Read, write, compare and try CRUSH maps in files.",
        discussion: """
            A FILE is a binary map (ceph osd getcrushmap -o FILE), the JSON of `ceph osd crush dump`, or a map's text;
            which one is seen from its contents. "-" is standard input.
            """,
        subcommands: [
            TestCommand.self, MapPGsCommand.self, DecompileCommand.self, CompileCommand.self, TreeCommand.self,
            DiffCommand.self,
        ])
}
