import Ceph
import Foundation
import LabSupport
import Testing
import Vocabulary

@Suite(.needsCeph, .timeLimit(.minutes(2))) struct TrashTests {
    @Test func thereAndBackAndGone() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(32))
            let id = try await context.withImage(.name("img")) { image throws(CephError) in try await image.id() }
            try await context.moveToTrash(name: "img")
            #expect(try await context.images().isEmpty)
            let entry = try #require(try await context.trash().first)
            #expect(entry.id == id)
            #expect(entry.name == "img")
            #expect(entry.source == .user)
            #expect(entry.isRemovable)
            #expect(abs(entry.deleted - Int64(Date().timeIntervalSince1970)) < 120)
            #expect(try await context.trashEntry(id: id) == entry)
            #expect(try await place.rbd("trash", "ls").contains(id))
            // An image in the trash can be opened by its id alone.
            try await context.withImage(.id(id)) { image throws(CephError) in
                #expect(try await image.size() == .mib(32))
            }
            try await context.restoreFromTrash(id: id, name: "back")
            #expect(try await context.images().map(\.name) == ["back"])
            #expect(try await context.images().map(\.id) == [id])
            try await context.moveToTrash(name: "back")
            try await context.restoreFromTrash(id: id)
            #expect(try await context.images().map(\.name) == ["back"])
            try await context.moveToTrash(name: "back")
            let steps = Steps()
            try await context.removeFromTrash(id: id) { steps.add($0, $1) }
            #expect(steps.count > 0)
            #expect(try await context.trash().isEmpty)
            #expect(try await failure { try await context.trashEntry(id: id) }.code == .notFound)
            #expect(try await failure { try await context.removeFromTrash(id: id) }.code == .notFound)
        }
    }

    @Test func whatIsKeptIsOnlyRemovedByForce() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(4))
            try await context.moveToTrash(name: "img", delay: .seconds(3_600))
            let entry = try #require(try await context.trash().first)
            #expect(!entry.isRemovable)
            #expect((3_590...3_610).contains(entry.keptUntil - entry.deleted))
            let error = try await failure { try await context.removeFromTrash(id: entry.id) }
            #expect(error.code == .permissionDenied)
            try await context.removeFromTrash(id: entry.id, force: true)
            #expect(try await context.trash().isEmpty)
            #expect(
                try await failure { try await context.moveToTrash(name: "img", delay: .seconds(-1)) }.code
                    == .invalidArgument)
        }
    }

    @Test func aParentStaysUntilItsClonesAreGone() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "parent", size: .mib(4))
            try await context.withImage(.name("parent"), mode: .readWrite) { image throws(CephError) in
                try await image.createSnapshot("s")
            }
            try await context.cloneImage("parent", snapshot: "s", to: "child")
            try await context.withImage(.name("parent"), mode: .readWrite) { image throws(CephError) in
                try await image.removeSnapshot("s")
            }
            try await context.moveToTrash(name: "parent")
            let id = try #require(try await context.trash().first).id
            let error = try await failure { try await context.removeFromTrash(id: id) }
            #expect(error.code == .notEmpty)
            try await context.removeImage(name: "child")
            try await context.removeFromTrash(id: id)
        }
    }

    @Test func manyEntries() async throws {
        try await withPlace { place in
            let context = place.context
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        try await context.createImage(
                            name: "i\(number)", size: .mib(4), options: ImageOptions(features: .layering))
                        try await context.moveToTrash(name: "i\(number)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await context.trash().count == 300)
        }
    }
}
