// A flat C ABI over libmatio: list the variables of a MAT file (v5, v7.3), read a numeric one as doubles.
//
// Rules that every function here keeps:
//   * `noexcept`; a failure becomes a status and a message that travels with the call.
//   * Only fixed-width integers and pointers cross the boundary.
//   * libmatio keeps state in a file's handle and HDF5 is not safe from several threads: one call at a time.
#include <matio.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>

#define AC_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

std::mutex gate;
std::string last_complaint;  // guarded by `gate`

void remember(int, char* message) { last_complaint = message == nullptr ? "" : message; }

char* copy_text(const std::string& text) noexcept {
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

template <typename Body>
int32_t guarded(char** error, Body&& body) noexcept {
  try {
    std::lock_guard<std::mutex> held(gate);
    last_complaint.clear();
    // Without a function of ours libmatio prints, and aborts the process on what it calls an error.
    Mat_LogInitFunc("acclimate", remember);
    body();
    return 0;
  } catch (const std::exception& e) {
    *error = copy_text(e.what());
    return 1;
  } catch (...) {
    *error = copy_text("libmatio failed");
    return 1;
  }
}

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(last_complaint.empty() ? what : what + " (" + last_complaint + ")");
}

bool is_numeric(matio_classes type) {
  switch (type) {
    case MAT_C_DOUBLE:
    case MAT_C_SINGLE:
    case MAT_C_INT8:
    case MAT_C_UINT8:
    case MAT_C_INT16:
    case MAT_C_UINT16:
    case MAT_C_INT32:
    case MAT_C_UINT32:
    case MAT_C_INT64:
    case MAT_C_UINT64: return true;
    default: return false;
  }
}

template <typename T>
void widen(const void* data, double* out, int64_t count) {
  auto* items = static_cast<const T*>(data);
  for (int64_t i = 0; i < count; i++) out[i] = static_cast<double>(items[i]);
}

void to_doubles(matio_types type, const void* data, double* out, int64_t count) {
  switch (type) {
    case MAT_T_DOUBLE: return widen<double>(data, out, count);
    case MAT_T_SINGLE: return widen<float>(data, out, count);
    case MAT_T_INT8: return widen<int8_t>(data, out, count);
    case MAT_T_UINT8: return widen<uint8_t>(data, out, count);
    case MAT_T_INT16: return widen<int16_t>(data, out, count);
    case MAT_T_UINT16: return widen<uint16_t>(data, out, count);
    case MAT_T_INT32: return widen<int32_t>(data, out, count);
    case MAT_T_UINT32: return widen<uint32_t>(data, out, count);
    case MAT_T_INT64: return widen<int64_t>(data, out, count);
    case MAT_T_UINT64: return widen<uint64_t>(data, out, count);
    default: fail("its elements are of a type that can't be read as numbers");
  }
}

void sparse_to_doubles(const matvar_t& variable, double* out, int64_t rows, int64_t columns) {
  auto& sparse = *static_cast<const mat_sparse_t*>(variable.data);
  if (variable.isComplex != 0 || sparse.njc != static_cast<decltype(sparse.njc)>(columns + 1)) fail("a damaged or complex sparse matrix");
  std::string values(sparse.ndata * sizeof(double), '\0');
  auto* numbers = reinterpret_cast<double*>(values.data());
  to_doubles(variable.data_type, sparse.data, numbers, sparse.ndata);
  std::memset(out, 0, sizeof(double) * rows * columns);
  for (int64_t column = 0; column < columns; column++) {
    for (uint64_t k = sparse.jc[column]; k < sparse.jc[column + 1]; k++) {
      if (k >= sparse.ndata || k >= sparse.nir || static_cast<int64_t>(sparse.ir[k]) >= rows) fail("a damaged sparse matrix");
      out[column * rows + sparse.ir[k]] = numbers[k];
    }
  }
}

}  // namespace

// Opens a file; closed by am_close.
AC_EXPORT int32_t am_open(const char* path, int64_t* file, char** error) noexcept {
  return guarded(error, [&] {
    mat_t* opened = Mat_Open(path, MAT_ACC_RDONLY);
    if (opened == nullptr) fail("not a MAT file");
    *file = reinterpret_cast<int64_t>(opened);
  });
}

AC_EXPORT void am_close(int64_t file) noexcept {
  std::lock_guard<std::mutex> held(gate);
  Mat_Close(reinterpret_cast<mat_t*>(file));
}

// The next variable: its name (freed by am_memory_free; null after the last one), its dimensions (`rank` holds the room
// on entry), and its kind: 0 something else than real numbers, 1 numbers, 2 a sparse matrix.
AC_EXPORT int32_t am_next(int64_t file, char** name, int32_t* kind, int64_t* sizes, int32_t* rank, char** error) noexcept {
  return guarded(error, [&] {
    *name = nullptr;
    matvar_t* variable = Mat_VarReadNextInfo(reinterpret_cast<mat_t*>(file));
    if (variable == nullptr) {
      if (!last_complaint.empty()) fail("damaged");
      return;
    }
    *kind = variable->isComplex != 0 ? 0 : is_numeric(variable->class_type) ? 1 : variable->class_type == MAT_C_SPARSE ? 2 : 0;
    if (variable->rank < 0 || variable->rank > *rank || variable->dims == nullptr) *kind = 0;
    *rank = *kind == 0 ? 0 : variable->rank;
    for (int32_t i = 0; i < *rank; i++) sizes[i] = static_cast<int64_t>(variable->dims[i]);
    *name = copy_text(variable->name == nullptr ? "" : variable->name);
    Mat_VarFree(variable);
  });
}

// Reads a numeric variable as doubles, the first index running fastest, into room for `count` of them.
AC_EXPORT int32_t am_read(int64_t file, const char* name, double* out, int64_t count, char** error) noexcept {
  return guarded(error, [&] {
    matvar_t* variable = Mat_VarRead(reinterpret_cast<mat_t*>(file), name);
    if (variable == nullptr) fail("can't be read");
    try {
      int64_t elements = 1;
      for (int i = 0; i < variable->rank; i++) elements *= static_cast<int64_t>(variable->dims[i]);
      if (elements != count) fail("damaged: its size differs from what was listed");
      if (variable->data == nullptr) fail("damaged or truncated: its elements are missing");
      if (variable->class_type == MAT_C_SPARSE) {
        sparse_to_doubles(*variable, out, static_cast<int64_t>(variable->dims[0]), static_cast<int64_t>(variable->dims[1]));
      } else {
        const size_t width = Mat_SizeOf(variable->data_type);
        if (width == 0 || variable->nbytes < width * static_cast<size_t>(count)) fail("damaged or truncated");
        to_doubles(variable->data_type, variable->data, out, count);
      }
      // libmatio reports a short read only in words, and leaves the rest of the memory as it was.
      if (!last_complaint.empty()) fail("damaged or truncated");
    } catch (...) {
      Mat_VarFree(variable);
      throw;
    }
    Mat_VarFree(variable);
  });
}

AC_EXPORT void am_memory_free(void* memory) noexcept { std::free(memory); }
