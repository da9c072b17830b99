// A caching allocator for the processor's tensors, as libtorch has one for CUDA's: what a training step frees, the next
// one takes again, without a trip to the system and without pages that must be zeroed anew.
//
// Small blocks are kept per thread, without a lock; larger ones in one shared store. Both are bounded: what does not
// fit goes back to the system.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kHeader = kAlignment;               // in front of each block: its bin, so that it finds its way back
constexpr size_t kSmallest = 64;                     // small bins: every 64 bytes up to kSmallLimit
constexpr size_t kSmallLimit = 4096;
constexpr size_t kSmallBins = kSmallLimit / kSmallest;
constexpr size_t kSmallKept = 64;                    // blocks a thread keeps in one bin
constexpr size_t kSteps = 8;                         // large bins: eight to each doubling, so at most 1/8 is wasted
constexpr size_t kLargeBins = 20 * kSteps;           // up to 4 GiB; above it nothing is kept
constexpr size_t kLargeBytesKept = size_t{1} << 30;  // in the shared store, over all bins
constexpr uint32_t kNoBin = UINT32_MAX;

struct Header {
  uint32_t bin;
  size_t bytes;
};

void* system_take(size_t bytes, uint32_t bin) {
  void* base = nullptr;
  if (posix_memalign(&base, kAlignment, kHeader + bytes) != 0) return nullptr;
  *static_cast<Header*>(base) = {bin, bytes};
  return base;
}

struct SmallStore {
  std::array<std::vector<void*>, kSmallBins> bins;
  ~SmallStore() {
    for (auto& bin : bins) {
      for (void* base : bin) std::free(base);
    }
  }
};

// This thread's store, made at its first tensor and freed when it ends. Reading a plain thread-local pointer costs less
// than asking for an object with a constructor. Null before, and for tensors freed while the thread is ending.
thread_local SmallStore* own_store = nullptr;
thread_local bool thread_ending = false;

struct StoreOwner {
  ~StoreOwner() {
    thread_ending = true;
    delete own_store;
    own_store = nullptr;
  }
};

SmallStore* small_store() {
  if (own_store == nullptr && !thread_ending) {
    static thread_local StoreOwner owner;
    (void)owner;
    own_store = new SmallStore;
  }
  return own_store;
}

struct LargeStore {
  std::mutex gate;
  std::array<std::vector<void*>, kLargeBins> bins;
  size_t kept = 0;
};

LargeStore& large_store() {
  static auto* store = new LargeStore;  // never destroyed: tensors may outlive static destructors
  return *store;
}

// The bin whose blocks hold `bytes`, and how many bytes they are.
uint32_t large_bin(size_t bytes, size_t* block) {
  size_t base = kSmallLimit;
  uint32_t doubling = 0;
  while (base * 2 < bytes) {
    base *= 2;
    doubling++;
  }
  const size_t step = base / kSteps;
  const size_t steps = (bytes - base + step - 1) / step;
  *block = base + steps * step;
  const size_t bin = doubling * kSteps + (steps == 0 ? 0 : steps - 1);
  return bin < kLargeBins ? static_cast<uint32_t>(bin) : kNoBin;
}

void give_back(void* data) {
  if (data == nullptr) return;
  void* base = static_cast<char*>(data) - kHeader;
  const Header header = *static_cast<Header*>(base);
  if (header.bytes <= kSmallLimit) {
    if (auto* store = small_store()) {
      auto& bin = store->bins[header.bin];
      if (bin.size() < kSmallKept) {
        bin.push_back(base);
        return;
      }
    }
  } else if (header.bin != kNoBin) {
    auto& store = large_store();
    std::lock_guard<std::mutex> lock(store.gate);
    if (store.kept + header.bytes <= kLargeBytesKept) {
      store.bins[header.bin].push_back(base);
      store.kept += header.bytes;
      return;
    }
  }
  std::free(base);
}

void* take(size_t bytes) {
  if (bytes <= kSmallLimit) {
    const auto bin = static_cast<uint32_t>((bytes - 1) / kSmallest);
    if (auto* store = small_store()) {
      auto& kept = store->bins[bin];
      if (!kept.empty()) {
        void* base = kept.back();
        kept.pop_back();
        return base;
      }
    }
    return system_take((bin + 1) * kSmallest, bin);
  }
  size_t block = 0;
  const uint32_t bin = large_bin(bytes, &block);
  if (bin == kNoBin) return system_take(bytes, kNoBin);
  {
    auto& store = large_store();
    std::lock_guard<std::mutex> lock(store.gate);
    auto& kept = store.bins[bin];
    if (!kept.empty()) {
      void* base = kept.back();
      kept.pop_back();
      store.kept -= block;
      return base;
    }
  }
  return system_take(block, bin);
}

// libtorch's base class gained a member and lost a `const` between versions: each form overrides where it is there.
struct CachingAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) const { return hand_out(bytes); }
  c10::DataPtr allocate(size_t bytes) { return hand_out(bytes); }
  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }
  void copy_data(void* to, const void* from, size_t bytes) const { std::memcpy(to, from, bytes); }

 private:
  static c10::DataPtr hand_out(size_t bytes) {
    if (bytes == 0) return {nullptr, nullptr, &give_back, c10::Device(c10::DeviceType::CPU)};
    void* base = take(bytes);
    TORCH_CHECK(base != nullptr, "not enough memory: ", bytes, " bytes for a tensor could not be had");
    void* data = static_cast<char*>(base) + kHeader;
    return {data, data, &give_back, c10::Device(c10::DeviceType::CPU)};
  }
};

}  // namespace

void install_caching_allocator() {
  static auto* allocator = new CachingAllocator;
  c10::SetCPUAllocator(allocator, /*priority=*/1);
}
