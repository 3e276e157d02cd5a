// The C interface of BLAS as OpenBLAS installs it, and OpenBLAS's own thread and build queries.
#ifndef TEMPER_OPENBLAS_SHIM_H
#define TEMPER_OPENBLAS_SHIM_H
#include <cblas.h>
#endif
