#!/usr/bin/env python3
"""Prints what dockvet is built from, as a CycloneDX 1.6 document: the same bytes for the same Cargo.lock."""

import json
import sys
import tomllib

import licences


def purl(name, version):
    return f"pkg:cargo/{name}@{version}"


def main():
    lock = tomllib.loads((licences.ROOT / "Cargo.lock").read_text())["package"]
    sums = {(p["name"], p["version"]): p.get("checksum") for p in lock}
    manifest = tomllib.loads((licences.ROOT / "Cargo.toml").read_text())["package"]
    root = purl(manifest["name"], manifest["version"])
    components = []
    for package in licences.packages():
        name, version = package["name"], package["version"]
        component = {"type": "library", "bom-ref": purl(name, version), "name": name, "version": version, "purl": purl(name, version)}
        if sums[name, version]:
            component["hashes"] = [{"alg": "SHA-256", "content": sums[name, version]}]
        if package["license"]:
            component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        components.append(component)
    subject = {"type": "application", "bom-ref": root, "name": manifest["name"], "version": manifest["version"], "purl": root}
    subject["licenses"] = [{"expression": manifest["license"]}]
    bom = {"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    bom |= {"metadata": {"component": subject}, "components": components}
    json.dump(bom, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
