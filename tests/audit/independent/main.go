// Reads an export with golang.org/x/mod, the code by which the Go project checks its own checksum database.
//
// It shares nothing with ours but the formats: signature, tree, tiles. Usage: main DIR KEY, KEY being the checkpoint
// key in force. It says how many entries stand under the signed root, or why it does not believe the export.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type folder string

func (folder) Height() int { return height }

func (folder) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles finds a tile where tlog-tiles puts it: as Go does, but for the height, which it leaves out.
func (f folder) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		content, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		found = append(found, content)
	}
	return found, nil
}

func main() {
	if err := check(folder(os.Args[1]), os.Args[2]); err != nil {
		fmt.Println("not believed:", err)
		os.Exit(1)
	}
}

func check(f folder, key string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(filepath.Join(string(f), "checkpoint"))
	if err != nil {
		return err
	}
	signed, err := note.Open(content, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	var origin, root string
	var size int64
	if _, err := fmt.Sscanf(signed.Text, "%s\n%d\n%s\n", &origin, &size, &root); err != nil {
		return err
	}
	sum, err := base64.StdEncoding.DecodeString(root)
	if err != nil {
		return err
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], sum)
	leaves := tlog.TileHashReader(tree, f) // believes no tile that does not lead to the root
	for first := int64(0); first < size; first += 1 << height {
		if err := bundle(f, leaves, first, size); err != nil {
			return err
		}
	}
	fmt.Printf("%d entries of %s stand under the signed root\n", size, origin)
	return nil
}

func bundle(f folder, leaves tlog.HashReader, first, size int64) error {
	width := size - first
	if width > 1<<height {
		width = 1 << height
	}
	tile := tlog.Tile{H: height, L: 0, N: first >> height, W: int(width)}
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", height), "tile/entries/", 1)
	content, err := os.ReadFile(filepath.Join(string(f), path))
	if err != nil {
		return err
	}
	var indexes []int64
	for i := first; i < first+width; i++ {
		indexes = append(indexes, tlog.StoredHashIndex(0, i))
	}
	hashes, err := leaves.ReadHashes(indexes)
	if err != nil {
		return err
	}
	rest := bytes.NewBuffer(content)
	for i, expected := range hashes {
		length := rest.Next(2)
		if len(length) < 2 {
			return fmt.Errorf("%s ends early", path)
		}
		entry := rest.Next(int(binary.BigEndian.Uint16(length)))
		if tlog.RecordHash(entry) != expected {
			return fmt.Errorf("entry %d is not the one in the tree", first+int64(i))
		}
	}
	if rest.Len() > 0 {
		return fmt.Errorf("%s goes on after its entries", path)
	}
	return nil
}
