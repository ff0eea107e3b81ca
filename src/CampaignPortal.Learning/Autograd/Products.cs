using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Matrix products over pointers, on at most so many threads as a tape has.</summary>
internal static unsafe class Products
{
    /// <summary>C (m×n) = A (m×k) · B (k×n), or C +=.</summary>
    public static void Multiply(float* a, float* b, float* c, int m, int n, int k, bool accumulate, int degree) =>
        Gemm.Multiply(new(a, checked(m * k)), new(b, checked(k * n)), new(c, checked(m * n)), m, n, k, accumulate, degree);

    /// <summary>C (m×n) = A (m×k) · Bᵀ with B (n×k), or C +=.</summary>
    public static void MultiplyTransposedB(float* a, float* b, float* c, int m, int n, int k, bool accumulate, int degree) =>
        Gemm.MultiplyTransposedB(new(a, checked(m * k)), new(b, checked(k * n)), new(c, checked(m * n)), m, n, k, accumulate, degree);

    /// <summary>C (m×n) = Aᵀ · B with A (k×m) and B (k×n), or C +=.</summary>
    public static void MultiplyTransposedA(float* a, float* b, float* c, int m, int n, int k, bool accumulate, int degree) =>
        Gemm.MultiplyTransposedA(new(a, checked(m * k)), new(b, checked(k * n)), new(c, checked(m * n)), m, n, k, accumulate, degree);
}
