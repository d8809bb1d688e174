import Testing

@testable import Provisioner

@Suite struct CephConfigFileTests {
    @Test func cephCSIsFileIsAcceptedAsItIs() throws {
        let file = try CephConfigFile(
            json: Array(
                #"""
                [{"clusterID": "a", "monitors": ["10.0.0.1:6789", " 10.0.0.2 "],
                  "rbd": {"radosNamespace": "tenant", "netNamespaceFilePath": "/x", "mirrorDaemonCount": 2},
                  "cephFS": {"subvolumeGroup": "csi"}, "nfs": {}, "readAffinity": {"enabled": true}},
                 {"clusterID": "b", "monitors": ["v2:10.0.0.3:3300"], "rbd": null, "somethingNew": 1}]
                """#.utf8))
        #expect(
            file.clusters == [
                CephClusterEntry(clusterID: "a", monitors: ["10.0.0.1:6789", "10.0.0.2"], radosNamespace: "tenant"),
                CephClusterEntry(clusterID: "b", monitors: ["v2:10.0.0.3:3300"]),
            ])
    }

    @Test(arguments: [
        ("", "ends too early"),
        ("{}", "no list"),
        ("[1]", "entry 1: this is no object"),
        (#"[{"monitors": ["a"]}]"#, "entry 1, field clusterID"),
        (#"[{"clusterID": "", "monitors": ["a"]}]"#, "entry 1, field clusterID"),
        (#"[{"clusterID": "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd", "monitors": ["a"]}]"#, "longer than 36"),
        (#"[{"clusterID": "a"}]"#, #"entry 1 (clusterID "a"), field monitors"#),
        (#"[{"clusterID": "a", "monitors": []}]"#, "field monitors"),
        (#"[{"clusterID": "a", "monitors": ["x", 1]}]"#, "field monitors, item 2"),
        (#"[{"clusterID": "a", "monitors": ["x"], "rbd": 1}]"#, "field rbd"),
        (#"[{"clusterID": "a", "monitors": ["x"], "rbd": {"radosNamespace": 1}}]"#, "field rbd.radosNamespace"),
        (
            #"[{"clusterID": "a", "monitors": ["x"]}, {"clusterID": "a", "monitors": ["y"]}]"#,
            "entry 2, field clusterID"
        ),
    ])
    func aBadFileIsRefusedByEntryAndField(text: String, refusal: String) {
        let error = #expect(throws: CephConfigFile.Invalid.self) { try CephConfigFile(json: Array(text.utf8)) }
        #expect(error?.description.contains(refusal) == true, "\(error?.description ?? "")")
    }
}
