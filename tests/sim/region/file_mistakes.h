// The planted mistakes of the files' lane, between the link and the store. Without one it passes
// everything on.
#pragma once

#include <functional>

#include "sync/exchange/ports.h"
#include "tests/sim/region/sim.h"

namespace opora::sim {

class MistakenFiles final : public sync::FilePort {
 public:
  MistakenFiles(Sim& sim, sync::FilePort& files) : sim_(sim), files_(files) {}

  // A chunk that is not here is taken for one that is.
  sync::FilesRead files(SiteNo peer, const std::optional<sync::MissingFile>& after) const override {
    auto out = files_.files(peer, after);
    if (sim_.planted != Planted::kChunkSkipped) return out;
    for (sync::MissingFile& file : out.missing) {
      if (file.have.size() > 1) file.have.back() = true;
    }
    return out;
  }
  std::optional<Bytes> chunk(SiteNo peer, const protocol::FileId& file,
                             std::uint32_t place) const override {
    return files_.chunk(peer, file, place);
  }
  std::vector<protocol::FileId> held(SiteNo peer,
                                     const std::vector<protocol::FileId>& files) const override {
    return sim_.planted == Planted::kFileSaidHeld ? files : files_.held(peer, files);
  }
  // What is kept is not what was checked: as if nothing was.
  void store(const protocol::FileId& file, std::uint32_t place, Bytes bytes,
             std::function<void(sync::StoredChunk)> done) override {
    if (sim_.planted == Planted::kChunkUnchecked && file.hash.b[0] % 4 == 0) bytes.back() ^= 1;
    files_.store(file, place, std::move(bytes), std::move(done));
  }
  void note_in_region(const std::vector<protocol::FileId>& files) override {
    files_.note_in_region(files);
  }

 private:
  Sim& sim_;
  sync::FilePort& files_;
};

}  // namespace opora::sim
