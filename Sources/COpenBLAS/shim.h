// The C interface of BLAS as OpenBLAS installs it, OpenBLAS's own thread and build queries, and of the LAPACK inside OpenBLAS, which not every
// distribution declares in a header, the one routine that is used.
#ifndef TEMPER_OPENBLAS_SHIM_H
#define TEMPER_OPENBLAS_SHIM_H
#include <cblas.h>
#include <stddef.h>
// The last two arguments are the lengths that Fortran passes with its strings.
void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work, const int *lwork, int *info,
            size_t jobz_length, size_t uplo_length);
#endif
