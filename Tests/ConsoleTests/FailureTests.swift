import Console
import Testing

@Suite struct FailureTests {
    let failure = Failure(.notFound, code: "NotFound", "pool \"x\" does not exist", hint: "ceph osd pool ls")

    @Test func text() {
        #expect(failure.rendered(as: .text) == "error: pool \"x\" does not exist\nhint: ceph osd pool ls\n")
        #expect(Failure(.failure, code: "A", "b").rendered(as: .text) == "error: b\n")
        #expect(
            failure.rendered(as: .text, Palette(isEnabled: true))
                == "\u{1B}[31merror:\u{1B}[0m pool \"x\" does not exist\n\u{1B}[33mhint:\u{1B}[0m ceph osd pool ls\n")
    }

    @Test func aMessageFromAfarCannotDriveTheTerminal() {
        let hostile = Failure(.failure, code: "A", "a\n\u{1B}]0;b")
        #expect(hostile.rendered(as: .text) == "error: a\\n\\u{1B}]0;b\n")
    }

    @Test func json() {
        #expect(
            failure.rendered(as: .json)
                == #"{"apiVersion":"holdfast.io/v1alpha1","code":"NotFound","exitCode":2,"hint":"ceph osd pool ls","#
                + #""kind":"Error","message":"pool \"x\" does not exist"}"# + "\n")
    }

    @Test func numbersAreTheInterface() {
        let numbers = CommandStatus.allCases.map(\.rawValue)
        #expect(numbers == [0, 1, 2, 3, 4, 5, 64, 130])
    }

    @Test(
        arguments: [
            ([], CommandStatus.success), ([.success], .success), ([.notFound, .success, .notFound], .notFound),
            ([.notFound, .denied], .failure),
        ] as [([CommandStatus], CommandStatus)]) func combined(statuses: [CommandStatus], expected: CommandStatus)
    {
        #expect(CommandStatus.combined(statuses) == expected)
    }
}
